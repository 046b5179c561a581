//! What company names are made of: a stem by region and a word by industry.

use crate::{
    companies::{Industry, Region},
    dice::Dice,
};

pub fn company_name(dice: &mut Dice, region: Region, industry: Industry) -> String {
    let stem = if dice.chance(0.6) { *dice.pick(regional(region)) } else { *dice.pick(STEMS) };
    format!("{stem} {}", dice.pick(trade(industry)))
}

/// A town to tell two companies of the same name apart.
pub fn town(dice: &mut Dice, region: Region) -> &'static str {
    let towns: &[&str] = match region {
        Region::Iberia => &["Porto", "Braga", "Aveiro", "Bilbao", "Valencia", "Sevilla", "Vigo", "Girona"],
        Region::Dach => &["Bremen", "Leipzig", "Graz", "Linz", "Basel", "Bern", "Ulm", "Kassel"],
        Region::Nordics => &["Bergen", "Aarhus", "Malmö", "Turku", "Odense", "Tampere", "Uppsala", "Stavanger"],
        Region::France => &["Lyon", "Nantes", "Lille", "Rennes", "Gent", "Liège", "Annecy", "Tours"],
        Region::UkIreland => &["Leeds", "Cork", "Bristol", "Galway", "Dundee", "Cardiff", "York", "Derby"],
    };
    dice.pick(towns)
}

fn regional(region: Region) -> &'static [&'static str] {
    match region {
        Region::Iberia => &[
            "Altamar", "Serrana", "Ribeira", "Montalvo", "Douro", "Alborada", "Cantábrica", "Lezíria", "Sobral", "Vilanova", "Tramontana",
            "Guadalar", "Arrábida", "Monterrey", "Alfarroba", "Calçada", "Maresia", "Penedo", "Solana", "Valdeira",
        ],
        Region::Dach => &[
            "Bergmann", "Lindau", "Eichen", "Falkenstein", "Rheintal", "Silberwald", "Hohenfels", "Alpen", "Königsberg", "Sternberg",
            "Waldhorn", "Elbtal", "Grünau", "Steinbach", "Morgenrot", "Isar", "Sonnfeld", "Nordheim", "Kupfer", "Adler",
        ],
        Region::Nordics => &[
            "Nordlys", "Fjell", "Björk", "Havn", "Skagen", "Midnatt", "Solvik", "Granskog", "Polaris", "Vinter", "Østhavn", "Lumi",
            "Kallio", "Saari", "Furuholm", "Isbre", "Stjerne", "Åkerlund", "Vestfold", "Tundra",
        ],
        Region::France => &[
            "Beaumont", "Clairval", "Lavande", "Montclair", "Belleroche", "Océane", "Hirondelle", "Garance", "Valmont", "Rivage",
            "Étoile", "Saint-Aubin", "Coquelicot", "Grandpré", "Mirabel", "Escaut", "Ardenne", "Lumière", "Tilleul", "Vauban",
        ],
        Region::UkIreland => &[
            "Harbour", "Kestrel", "Thornbury", "Oakfield", "Ashdown", "Pennine", "Claddagh", "Foxglove", "Highgate", "Merrion",
            "Northgate", "Redwater", "Stonebridge", "Willow", "Ballymore", "Caledon", "Severn", "Hawthorn", "Brightwell", "Kingsmead",
        ],
    }
}

const STEMS: &[&str] = &[
    "Aero", "Arcadia", "Atlas", "Aurora", "Axis", "Beacon", "Blue Heron", "Boreal", "Cedar", "Cobalt", "Compass", "Copper", "Delta",
    "Echo", "Ember", "Equinox", "Fathom", "Fern", "Forge", "Fulcrum", "Gale", "Granite", "Harvest", "Helio", "Horizon", "Indigo",
    "Juniper", "Keystone", "Lantern", "Lattice", "Lotus", "Magnet", "Maple", "Meridian", "Mosaic", "Nimbus", "Northwind", "Nova",
    "Onyx", "Orbit", "Osprey", "Parallel", "Pebble", "Pioneer", "Prism", "Quarry", "Quartz", "Radius", "Raven", "Ripple", "Saffron",
    "Sextant", "Signal", "Slate", "Sparrow", "Summit", "Tandemia", "Terra", "Tidal", "Topaz", "Umbra", "Vector", "Velvet", "Vertex",
    "Wren", "Zenith", "Zephyr", "Kaleido", "Monolith", "Pelican",
];

fn trade(industry: Industry) -> &'static [&'static str] {
    match industry {
        Industry::Software => &["Software", "Systems", "Labs", "Apps", "Digital", "Platforms", "Code Works", "Analytics"],
        Industry::Fintech => &["Pay", "Capital Systems", "Ledger", "Finance", "Banking Tech", "Credit", "Payments", "Treasury"],
        Industry::Ecommerce => &["Market", "Commerce", "Shop", "Retail", "Store", "Home & Living", "Outdoor", "Fashion"],
        Industry::Logistics => &["Logistics", "Freight", "Shipping", "Cargo", "Transport", "Fulfilment", "Supply", "Forwarding"],
        Industry::Manufacturing => &["Industries", "Machines", "Components", "Robotics", "Werke", "Tools", "Materials", "Engineering"],
        Industry::Media => &["Media", "Studios", "Publishing", "Streaming", "Games", "Press", "Broadcast", "Pictures"],
        Industry::Telecom => &["Telecom", "Networks", "Fibre", "Mobile", "Connect", "Broadband", "Wireless", "Carrier"],
        Industry::Education => &["Academy", "Schools", "Learning", "College", "Campus", "Education"],
        Industry::Hospitality => &["Hotels", "Resorts", "Restaurants", "Hospitality", "Inns", "Travel"],
        Industry::NonProfit => &["Foundation", "Relief", "Trust", "Alliance", "Initiative", "Charity"],
        Industry::PublicSector => &["Council", "Agency", "Municipal Services", "Public Works", "Authority", "Register"],
    }
}
