use jiff::{ToSpan, civil::DateTime, tz::TimeZone};
use proptest::prelude::*;

use super::*;

fn shift(days: &str, from: &str, to: &str) -> Shift {
    Shift { days: days.split_whitespace().map(str::to_owned).collect(), from: from.into(), to: to.into() }
}

fn calendar(time_zone: &str, shifts: &[Shift], holidays: &[&str]) -> Calendar {
    let holidays = holidays.iter().map(|day| (*day).to_owned()).collect();
    Calendar { time_zone: time_zone.into(), shifts: shifts.to_vec(), holidays }
}

const WEEKDAYS: &str = "mon tue wed thu fri";

fn instant(zone: &str, local: &str) -> Instant {
    let zoned = local.parse::<DateTime>().unwrap().to_zoned(TimeZone::get(zone).unwrap()).unwrap();
    Instant::from_timestamp(zoned.timestamp())
}

fn local(zone: &str, at: Instant) -> String {
    at.in_zone(&TimeZone::get(zone).unwrap()).strftime("%Y-%m-%d %H:%M").to_string()
}

#[test]
fn due_instants_by_the_wall_clock() {
    let split = [shift(WEEKDAYS, "09:00", "13:00"), shift(WEEKDAYS, "14:30", "18:00")];
    let plain = [shift(WEEKDAYS, "09:00", "18:00")];
    let night = [shift("sat", "20:00", "24:00"), shift("sun", "00:00", "06:00")];
    let overlapping = [shift(WEEKDAYS, "09:00", "14:00"), shift("mon tue", "12:00", "18:00"), shift("mon", "10:00", "11:00")];
    let lisbon = "Europe/Lisbon";
    let sao_paulo = "America/Sao_Paulo";
    for (what, zone, shifts, holidays, start, minutes, due) in [
        ("nothing to do is due at once", lisbon, &plain[..], &[][..], "2026-03-07 03:00", 0, "2026-03-07 03:00"),
        ("a working day later", lisbon, &plain, &[], "2026-03-02 09:50", 540, "2026-03-03 09:50"),
        ("over the lunch break", lisbon, &split, &[], "2026-03-02 12:30", 60, "2026-03-02 15:00"),
        ("the end of a shift, not the start of the next", lisbon, &split, &[], "2026-03-02 12:00", 60, "2026-03-02 13:00"),
        ("over the weekend", lisbon, &plain, &[], "2026-03-06 17:30", 60, "2026-03-09 09:30"),
        ("from a weekend", lisbon, &plain, &[], "2026-03-07 12:00", 60, "2026-03-09 10:00"),
        ("over a holiday", lisbon, &plain, &["2026-03-03"], "2026-03-02 17:00", 120, "2026-03-04 10:00"),
        ("a holiday that was no working day", lisbon, &plain, &["2026-03-07"], "2026-03-06 17:30", 60, "2026-03-09 09:30"),
        ("shifts that overlap count once", lisbon, &overlapping, &[], "2026-03-02 09:00", 540, "2026-03-02 18:00"),
        ("a skipped hour does not exist", lisbon, &night, &[], "2026-03-28 23:00", 120, "2026-03-29 02:00"),
        ("a repeated hour counts twice", lisbon, &night, &[], "2026-10-24 23:00", 240, "2026-10-25 02:00"),
        ("a day that starts at one o'clock", sao_paulo, &night, &[], "2018-11-03 23:00", 120, "2018-11-04 02:00"),
        ("no shifts: around the clock", lisbon, &[], &["2026-03-03"], "2026-03-02 09:50", 1440, "2026-03-03 09:50"),
    ] {
        let calendar = WorkCalendar::of(&calendar(zone, shifts, holidays));
        assert_eq!(local(zone, due_instant(&calendar, instant(zone, start), minutes)), due, "{what}");
    }
}

#[test]
fn the_next_start_and_the_end_of_the_next_working_day() {
    let split = [shift(WEEKDAYS, "09:00", "13:00"), shift(WEEKDAYS, "14:30", "18:00")];
    let zone = "Europe/Lisbon";
    let work = WorkCalendar::of(&calendar(zone, &split, &["2026-03-03"]));
    for (at, at_work, next, end) in [
        ("2026-03-02 08:00", false, "2026-03-02 09:00", "2026-03-04 18:00"),
        ("2026-03-02 09:00", true, "2026-03-02 09:00", "2026-03-04 18:00"),
        ("2026-03-02 13:00", false, "2026-03-02 14:30", "2026-03-04 18:00"),
        ("2026-03-02 18:00", false, "2026-03-04 09:00", "2026-03-04 18:00"),
        ("2026-03-03 10:00", false, "2026-03-04 09:00", "2026-03-04 18:00"),
        ("2026-03-06 12:00", true, "2026-03-06 12:00", "2026-03-09 18:00"),
        ("2026-03-07 12:00", false, "2026-03-09 09:00", "2026-03-09 18:00"),
    ] {
        let instant = instant(zone, at);
        assert_eq!(is_at_work(&work, instant), at_work, "{at}");
        assert_eq!(local(zone, next_start(&work, instant)), next, "{at}");
        assert_eq!(local(zone, end_of_next_working_day(&work, instant)), end, "{at}");
    }
    let always = WorkCalendar::around_the_clock();
    assert!(is_at_work(&always, Instant(7)) && next_start(&always, Instant(7)) == Instant(7));
    assert_eq!(working_micros_between(&always, Instant(7), Instant(10)), 3);
}

const ZONES: [&str; 7] =
    ["Europe/Lisbon", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata", "America/New_York", "Africa/Casablanca", "UTC"];

/// A sequence of numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as i64).rem_euclid(limit)
    }

    fn calendar(&mut self, holidays_from: jiff::civil::Date) -> Calendar {
        let shifts = (0..1 + self.below(5)).map(|_| {
            let from = self.below(24 * 60);
            let to = from + 1 + self.below(24 * 60 - from);
            let days = 1 + self.below(127);
            let days = DAY_NAMES.iter().enumerate().filter(|(index, _)| days & (1 << index) != 0).map(|(_, day)| (*day).to_owned());
            let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
            Shift { days: days.collect(), from: clock(from), to: clock(to) }
        });
        let shifts = shifts.collect();
        let holidays = (0..self.below(4)).map(|_| (holidays_from + self.below(12).days()).to_string()).collect();
        Calendar { time_zone: ZONES[self.below(ZONES.len() as i64) as usize].into(), shifts, holidays }
    }
}

const DAY_NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Says of each minute, one after the other, whether the wall clock shows a working time: slow and obvious.
fn reference_minutes_at_work(calendar: &Calendar, zone: &TimeZone, from: i64, minutes: i64) -> Vec<i64> {
    let holidays: Vec<jiff::civil::Date> = calendar.holidays.iter().map(|day| day.parse().unwrap()).collect();
    let minute_of = |text: &str| text[..2].parse::<i64>().unwrap() * 60 + text[3..].parse::<i64>().unwrap();
    let shifts = calendar.shifts.iter().map(|shift| (&shift.days, minute_of(&shift.from)..minute_of(&shift.to)));
    let shifts: Vec<_> = shifts.collect();
    let is_at_work = |index: &i64| {
        let wall = zone.to_datetime(Instant(from + index * MICROS_PER_MINUTE).to_timestamp());
        let day = DAY_NAMES[wall.weekday().to_monday_zero_offset() as usize];
        let minute = i64::from(wall.hour()) * 60 + i64::from(wall.minute());
        let mut of_the_day = shifts.iter().filter(|(_, hours)| hours.contains(&minute));
        of_the_day.any(|(days, _)| days.iter().any(|known| known == day)) && !holidays.contains(&wall.date())
    };
    (0..minutes).filter(is_at_work).collect()
}

/// A window of a few days around an instant of interest: a change of daylight saving where the zone has one.
fn window(dice: &mut Dice, calendar: &Calendar) -> (i64, i64) {
    const MINUTES: i64 = 6 * 24 * 60;
    let zone = TimeZone::get(&calendar.time_zone).unwrap();
    let somewhere = Instant(dice.below(100 * 366 * 24 * 60) * MICROS_PER_MINUTE);
    let change = zone.following(somewhere.to_timestamp()).next().map(|change| change.timestamp().as_microsecond());
    let middle = change.filter(|_| dice.below(4) > 0).unwrap_or(somewhere.0);
    // Time zone files end at 2038-01-19 03:14:07, which is no whole minute.
    let middle = middle.div_euclid(MICROS_PER_MINUTE) - dice.below(MINUTES);
    (middle * MICROS_PER_MINUTE, MINUTES)
}

#[test]
fn a_million_due_instants_agree_with_the_minute_by_minute_reference() {
    const WINDOWS: usize = 1_000;
    const CASES: usize = 1_000;
    let mut dice = Dice(2026);
    let mut compared = 0;
    let mut on_change_days = 0;
    while compared < WINDOWS * CASES {
        let mut made = dice.calendar(jiff::civil::date(2000, 1, 1));
        let (from, minutes) = window(&mut dice, &made);
        let zone = TimeZone::get(&made.time_zone).unwrap();
        let first_day = Instant(from).in_zone(&zone).date();
        made.holidays = (0..dice.below(3)).map(|_| (first_day + dice.below(7).days()).to_string()).collect();
        let fast = WorkCalendar::of(&made);
        let minute = |index: i64| from + index * MICROS_PER_MINUTE;
        let worked = reference_minutes_at_work(&made, &zone, from, minutes);
        if worked.is_empty() {
            continue;
        }
        let offset = |index: i64| zone.to_offset(Instant(minute(index)).to_timestamp());
        on_change_days += usize::from(offset(0) != offset(minutes)) * CASES;
        for _ in 0..CASES {
            let start = dice.below(worked[worked.len() - 1] + 1);
            let ahead = worked.partition_point(|index| *index < start);
            let wanted = 1 + dice.below((worked.len() - ahead) as i64);
            let due = worked[ahead + wanted as usize - 1] + 1;
            let found = due_instant(&fast, Instant(minute(start)), wanted);
            assert_eq!(found, Instant(minute(due)), "{made:?} from {} {wanted} minutes", Instant(minute(start)));
            compared += 1;
        }
        for index in worked.iter().step_by(97) {
            assert!(is_at_work(&fast, Instant(minute(*index))), "{made:?} {}", Instant(minute(*index)));
        }
        let between = working_micros_between(&fast, Instant(from), Instant(minute(minutes)));
        assert_eq!(between, worked.len() as i64 * MICROS_PER_MINUTE, "{made:?} {}", Instant(from));
    }
    assert!(on_change_days > compared / 3, "many cases cross a change of the clocks: {on_change_days} of {compared}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_working_time_up_to_the_due_instant_is_what_was_asked(
        seed in any::<u64>(), start in 0_i64..4_000_000_000_000_000, micros in 1_i64..40_000_000_000_000, more in 0_i64..1_000_000_000_000,
    ) {
        let calendar = WorkCalendar::of(&Dice(seed).calendar(jiff::civil::date(2030, 5, 1)));
        let start = Instant(start);
        let due = after_working_micros(&calendar, start, micros);
        prop_assert_eq!(working_micros_between(&calendar, start, due), micros);
        prop_assert_eq!(working_micros_between(&calendar, start, due.plus_micros(-1)), micros - 1, "the first such instant");
        prop_assert!(after_working_micros(&calendar, start, micros + more) >= due);
        prop_assert!(after_working_micros(&calendar, start.plus_micros(more), micros) >= due);
        let next = next_start(&calendar, start);
        prop_assert!(next >= start && is_at_work(&calendar, next));
        prop_assert_eq!(working_micros_between(&calendar, start, next), 0);
    }
}
