//! The two teams of 30: marketing, and sales in five regions with three SDRs and three AEs each.

use rustc_hash::FxHashSet;

use crate::{
    companies::{REGIONS, Region},
    dice::Dice,
    words::{ascii, names::full_name},
};

pub const DOMAIN: &str = "lumencloud.example";
const MARKETERS: usize = 30;
const SDRS_PER_REGION: usize = 3;
const AES_PER_REGION: usize = 3;

pub struct User {
    pub name: String,
    pub email: String,
    /// `None` for marketing, which works for all regions.
    pub region: Option<Region>,
}

/// Marketers first, then by region the SDRs and the AEs.
pub fn hire(seed: u64) -> Vec<User> {
    let mut dice = Dice::new(seed, "team");
    let mut taken = FxHashSet::default();
    let mut users = Vec::new();
    for index in 0..MARKETERS {
        let home = REGIONS[index % REGIONS.len()];
        users.push(user(&mut dice, &mut taken, home, None));
    }
    for region in REGIONS {
        for _ in 0..SDRS_PER_REGION + AES_PER_REGION {
            users.push(user(&mut dice, &mut taken, region, Some(region)));
        }
    }
    users
}

fn user(dice: &mut Dice, taken: &mut FxHashSet<String>, home: Region, region: Option<Region>) -> User {
    loop {
        let name = full_name(dice, home);
        if taken.insert(name.clone()) {
            let email = format!("{}@{DOMAIN}", ascii(&name, "."));
            return User { name, email, region };
        }
    }
}

/// Who signs the Agreement: the head of marketing and the head of sales.
pub fn heads() -> [usize; 2] {
    [0, MARKETERS + SDRS_PER_REGION]
}

pub fn is_marketer(user: usize) -> bool {
    user < MARKETERS
}

pub fn any_marketer(dice: &mut Dice) -> usize {
    dice.below(MARKETERS)
}

pub fn sdr(dice: &mut Dice, region: Region) -> usize {
    first_of(region) + dice.below(SDRS_PER_REGION)
}

pub fn ae(dice: &mut Dice, region: Region) -> usize {
    first_of(region) + SDRS_PER_REGION + dice.below(AES_PER_REGION)
}

fn first_of(region: Region) -> usize {
    MARKETERS + region as usize * (SDRS_PER_REGION + AES_PER_REGION)
}
