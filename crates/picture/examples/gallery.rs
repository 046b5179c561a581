//! All pictures on one page, to look at, light or dark as the system is: `cargo run -p picture --example gallery -- <file.html>`.
//! Beside it one `.svg` file for each picture.

use std::{env, fmt::Write, fs, path::PathBuf};

use picture::{STYLE, Width, draw, standalone};

mod samples;

const PAGE: &str = ":root{color-scheme:light dark;--ink:light-dark(#14181f,#e8ebf0);--ink-2:light-dark(#4a5361,#a9b1bd);--ink-3:light-dark(#5f6875,#8f98a5);\
--line:light-dark(#e4e7ec,#262b33);--line-2:light-dark(#cfd4dc,#3a414c);--card:light-dark(#fff,#15191f);--page:light-dark(#f7f8fa,#0e1116);--hover:light-dark(#f0f2f5,#1c2129);\
--marketing:light-dark(#6941c6,#b497ff);--sales:light-dark(#0a736d,#4fd1c5);--success:light-dark(#a04f00,#ffb35c);--good:light-dark(#17713f,#5fd39a);\
--bad:light-dark(#b72b24,#ff8a80);--focus:light-dark(#2f6bff,#7aa2ff)}\
body{font:14px/1.5 Inter,system-ui,sans-serif;background:var(--page);color:var(--ink);margin:16px}\
figure{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:16px;margin:0 auto 16px;max-width:1080px;container-type:inline-size}\
h2{font-size:15px;margin:0}figcaption{color:var(--ink-2);margin-bottom:12px}.half .picture{max-width:720px}.slim{display:none}.half{margin-top:24px}\
@container (max-width:559px){.wide,.half{display:none}.slim{display:block}}";

fn main() -> std::io::Result<()> {
    let path = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "gallery.html".to_owned()));
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Pictures</title><style>{PAGE}{STYLE}</style>"
    );
    for (name, picture) in samples::all() {
        let picture = picture.as_ref();
        let (wide, half, slim) = (draw(picture, Width::Wide), draw(picture, Width::Normal), draw(picture, Width::Narrow));
        let _ = write!(
            page,
            "<figure id=\"{name}\"><h2>{}</h2><figcaption>{}</figcaption><div class=\"wide\">{wide}</div><div class=\"half\">{half}</div><div class=\"slim\">{slim}</div></figure>",
            picture.title(),
            picture.summary()
        );
        fs::write(path.with_file_name(format!("{name}.svg")), standalone(picture))?;
    }
    fs::write(&path, page + "</html>")
}
