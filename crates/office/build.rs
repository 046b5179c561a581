//! Packs what the browser needs (our own styles and script, the libraries that npm fetched) into the binary: compressed where that
//! helps, under names that carry a hash of the bytes, so that browsers may keep them for ever.

use std::{
    collections::hash_map::DefaultHasher,
    env,
    fmt::Write as _,
    fs,
    hash::{Hash, Hasher},
    io::Write as _,
    path::{Path, PathBuf},
};

/// (name, path below `web/node_modules`)
const LIBRARIES: &[(&str, &str)] = &[
    ("htmx.js", "htmx.org/dist/htmx.min.js"),
    ("sse.js", "htmx-ext-sse/dist/sse.min.js"),
    // ECharts with only what is used, put together by `npm run charts`: 445 KB, 150 KB as gzip, where the whole of it has 1.1 MB.
    ("charts.js", "tandem/charts.js"),
    ("swagger-ui.js", "swagger-ui-dist/swagger-ui-bundle.js"),
    ("swagger-ui.css", "swagger-ui-dist/swagger-ui.css"),
    ("inter-latin.woff2", "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"),
    ("inter-latin-ext.woff2", "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2"),
    ("inter-cyrillic.woff2", "@fontsource-variable/inter/files/inter-cyrillic-wght-normal.woff2"),
    ("inter-greek.woff2", "@fontsource-variable/inter/files/inter-greek-wght-normal.woff2"),
];

/// Below `assets/`.
const OURS: &[&str] = &["app.js", "api-page.js", "explore.js", "icon.svg"];

/// In the order of the cascade's layers.
const STYLES: &[&str] = &[
    "layers.css",
    "tokens.css",
    "base.css",
    "layout.css",
    "components.css",
    "tables.css",
    "forms.css",
    "../../../picture/src/picture.css",
    "charts.css",
    "pages.css",
    "agreement.css",
    "desk.css",
    "print.css",
];

struct Asset {
    name: String,
    bytes: Vec<u8>,
}

fn main() {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    let modules = here.join("../../web/node_modules");
    let mut assets: Vec<Asset> =
        LIBRARIES.iter().map(|(name, path)| Asset { name: (*name).into(), bytes: library(&modules, path) }).collect();
    assets.extend(OURS.iter().map(|name| Asset { name: (*name).into(), bytes: own(&here.join("assets").join(name)) }));
    let styles = styles(&here.join("assets/css"), &assets);
    assets.push(Asset { name: "app.css".into(), bytes: styles.into_bytes() });

    let mut list = String::from("pub static ASSETS: &[Asset] = &[\n");
    for asset in &assets {
        let compressed = !asset.name.ends_with(".woff2");
        let path = out.join(&asset.name);
        fs::write(&path, if compressed { gzip(&asset.bytes) } else { asset.bytes.clone() }).expect("OUT_DIR can be written");
        writeln!(
            list,
            "    Asset {{ name: {:?}, path: {:?}, compressed: {compressed}, bytes: include_bytes!({:?}) }},",
            asset.name,
            url(asset),
            path
        )
        .expect("a string takes all");
    }
    list.push_str("];\n");
    fs::write(out.join("assets.rs"), list).expect("OUT_DIR can be written");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", here.join("templates").display());
}

fn own(path: &Path) -> Vec<u8> {
    println!("cargo::rerun-if-changed={}", path.display());
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn library(modules: &Path, path: &str) -> Vec<u8> {
    let path = modules.join(path);
    println!("cargo::rerun-if-changed={}", path.display());
    fs::read(&path).unwrap_or_else(|_| {
        println!("cargo::error={} is missing: run bin/setup, which fetches the browser's libraries", path.display());
        std::process::exit(1)
    })
}

fn styles(folder: &Path, assets: &[Asset]) -> String {
    let mut text: String = STYLES.iter().map(|name| String::from_utf8(own(&folder.join(name))).expect("styles are UTF-8") + "\n").collect();
    for asset in assets {
        text = text.replace(&format!("url({})", asset.name), &format!("url({})", url(asset)));
    }
    text
}

fn url(asset: &Asset) -> String {
    let mut hasher = DefaultHasher::new();
    asset.bytes.hash(&mut hasher);
    format!("/assets/{:016x}/{}", hasher.finish(), asset.name)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}
