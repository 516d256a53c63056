//! A simulation's report in English, for a terminal: what changes, what it costs, where places end, and why.

use std::fmt::Write as _;
use std::io::Write as _;

use domain::decide::Origin;
use domain::expr::Level;
use domain::pack::Pack;
use domain::simulate::{By, GroupReport, Of, Places, ProgrammeReport, ReasonCount, Report};
use domain::value::iso_date;

use crate::failure::{Failure, Outcome};

/// Reasons told for each kind of people.
const REASONS: usize = 3;

/// Prints the report.
pub fn print(report: &Report, old: &Pack, new: &Pack) -> Outcome {
    let text = Words { report, old, new }.whole().map_err(Failure::failed)?;
    std::io::stdout().write_all(text.as_bytes()).map_err(|cause| Failure::failed(format!("stdout: {cause}")))
}

struct Words<'r> {
    report: &'r Report,
    old: &'r Pack,
    new: &'r Pack,
}

impl Words<'_> {
    fn whole(&self) -> Result<String, std::fmt::Error> {
        let (report, mut text) = (self.report, String::new());
        writeln!(
            text,
            "{} households with {} people, decided on {} by {} {} (old) and {} {} (new).",
            thousands(report.households.cast_signed()),
            thousands(report.people.cast_signed()),
            iso_date(report.as_of),
            report.old.id,
            report.old.version,
            report.new.id,
            report.new.version
        )?;
        match &report.quintile_of {
            Some(measure) => {
                writeln!(text, "Fifths of households by {measure} under the old pack, 1 the poorest.")?;
            }
            None => writeln!(text, "No fifths: the pack has no score or income to make them by.")?,
        }
        writeln!(text, "Disability: a member at or above the line of {}.", report.disability_by)?;
        writeln!(
            text,
            "Unknown and failed cases are never counted as eligible. Money in {}.",
            self.currency()
        )?;
        for programme in &report.programmes {
            text.push('\n');
            self.programme(&mut text, programme)?;
        }
        Ok(text)
    }

    fn currency(&self) -> &str {
        &self.new.about.currency.code
    }

    /// Minor units as major ones.
    fn money(&self, minor: i64) -> String {
        let digits = self.new.about.currency.minor_digits;
        let in_major = 10_i64.checked_pow(digits).unwrap_or(1);
        let whole = thousands(minor / in_major);
        if digits == 0 {
            return whole;
        }
        format!("{whole}.{:0width$}", (minor % in_major).abs(), width = digits as usize)
    }

    fn programme(&self, text: &mut String, programme: &ProgrammeReport) -> std::fmt::Result {
        let key = format!("programme.{}.name", programme.programme);
        let name = [self.new, self.old].iter().find_map(|pack| pack.words.find("en", &key));
        let unit = if programme.unit == Level::Household { "households" } else { "people" };
        writeln!(text, "{} ({}; {unit})", name.unwrap_or(&programme.programme), programme.programme)?;
        let Some(all) = programme.groups.first() else { return Ok(()) };
        writeln!(
            text,
            "  {} enter, {} leave, {} get more, {} less, {} the same; unknown {}, failed {}",
            count(all.enters),
            count(all.leaves),
            count(all.more),
            count(all.less),
            count(all.same),
            count(all.unknown),
            count(all.error)
        )?;
        for (side, figures) in [("old", &all.old), ("new", &all.new)] {
            writeln!(
                text,
                "  {side}: {} eligible ({} of 1000; {} waiting), {} a month, {} for whole awards, {} an award; unknown {}, failed {}",
                count(figures.eligible),
                figures.coverage_permille,
                count(figures.waiting),
                self.money(figures.month_minor),
                self.money(figures.commitment_minor),
                self.money(figures.award_minor),
                count(figures.unknown),
                count(figures.error)
            )?;
        }
        self.places(text, "old", &programme.places_old)?;
        self.places(text, "new", &programme.places_new)?;
        reasons(text, programme)?;
        let moved = |group: &&GroupReport| group.enters + group.leaves + group.more + group.less > 0;
        for (by, title) in [
            (By::Area, "area"),
            (By::SexOfHead, "sex of head"),
            (By::Disability, "disability"),
            (By::Size, "size"),
            (By::Quintile, "fifth"),
        ] {
            for group in programme.groups.iter().filter(|group| group.by == by).filter(moved) {
                writeln!(
                    text,
                    "  {title} {}: {} enter, {} leave, {} more, {} less, {} same, {} unknown, {} failed; covered {} → {} of 1000",
                    self.group(group),
                    count(group.enters),
                    count(group.leaves),
                    count(group.more),
                    count(group.less),
                    count(group.same),
                    count(group.unknown),
                    count(group.error),
                    group.old.coverage_permille,
                    group.new.coverage_permille
                )?;
            }
        }
        Ok(())
    }

    fn group(&self, group: &GroupReport) -> String {
        match group.by {
            By::Area => self.area(Some(&group.group)),
            _ => group.group.replace('_', " "),
        }
    }

    fn area(&self, code: Option<&str>) -> String {
        let Some(code) = code else { return "the whole country".into() };
        let named = [self.old, self.new].iter().find_map(|pack| {
            let own = pack.areas.get(code).and_then(|area| area.name.clone());
            own.or_else(|| pack.words.find("en", &format!("area.{code}")).map(str::to_owned))
        });
        named.unwrap_or_else(|| code.to_owned())
    }

    fn places(&self, text: &mut String, side: &str, places: &Places) -> std::fmt::Result {
        if places.queue && places.budgets.is_empty() {
            writeln!(text, "  {side}: the pack declares no budget, so places and money are unlimited")?;
        } else if places.unlimited > 0 {
            writeln!(
                text,
                "  {side}: {} have waiting places where no budget is declared",
                count(places.unlimited)
            )?;
        }
        if places.awaiting_another > 0 {
            writeln!(text, "  {side}: {} wait for another programme first", count(places.awaiting_another))?;
        }
        for budget in &places.budgets {
            let mut has = Vec::new();
            has.extend(budget.places.map(|places| format!("{} places", thousands(i64::from(places)))));
            has.extend(budget.money.map(|money| self.money(money)));
            write!(
                text,
                "  {side}: {}, {} to {} ({}): {} served, {} committed",
                self.area(budget.area.as_deref()),
                iso_date(budget.from),
                iso_date(budget.until),
                has.join(", "),
                count(budget.served),
                self.money(budget.committed)
            )?;
            match &budget.ends_at {
                Some(priority) => write!(text, ", ends at priority {priority}")?,
                None if budget.waiting == 0 && budget.short == 0 => write!(text, ", enough for all")?,
                None => {}
            }
            if budget.waiting > 0 {
                write!(text, ", {} wait for {}", count(budget.waiting), self.money(budget.short))?;
            } else if budget.short > 0 {
                write!(text, ", short of {}", self.money(budget.short))?;
            }
            text.push('\n');
        }
        Ok(())
    }
}

fn reasons(text: &mut String, programme: &ProgrammeReport) -> std::fmt::Result {
    for (of, title, reasons) in [
        (Of::Enters, "who enters was kept out by", &programme.reasons_old),
        (Of::Leaves, "who leaves is kept out by", &programme.reasons_new),
        (Of::Refused, "who does not get it (new)", &programme.reasons_new),
        (Of::Unknown, "unknown because of (new)", &programme.reasons_new),
        (Of::Error, "failed because of (new)", &programme.reasons_new),
    ] {
        let ranked: Vec<&ReasonCount> = reasons.iter().filter(|reason| reason.of == of).collect();
        if ranked.is_empty() {
            continue;
        }
        let told = ranked.iter().take(REASONS).map(|reason| {
            let kind = match reason.origin {
                Origin::Rule => "",
                Origin::Link => "link ",
                Origin::Amount => "nothing left of the ",
                Origin::Cap => "cap ",
            };
            format!("{kind}{} {}", reason.id, count(reason.count))
        });
        let told: Vec<String> = told.collect();
        let more = if ranked.len() > REASONS {
            format!(" and {} more", ranked.len() - REASONS)
        } else {
            String::new()
        };
        writeln!(text, "  {title}: {}{more}", told.join(", "))?;
    }
    Ok(())
}

fn count(number: u64) -> String {
    thousands(number.cast_signed())
}

/// A whole number with its thousands apart.
fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "-".to_owned() } else { String::new() };
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")] {
            assert_eq!(thousands(number), text);
        }
    }
}
