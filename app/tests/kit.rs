//! The kit against govuk-frontend's golden fixtures: options in, the same HTML out.
//!
//! HTML is compared as a tree: order of attributes and classes and white space between tags do not matter. A fixture
//! with an option our component does not have is left out and counted; the table at the end says how many of each
//! component are checked, so that neither number changes unseen. To add a component: a `match` arm that reads its
//! options, its name in `style/fixtures.mjs`, and a line in the table.

#[cfg(test)]
mod fixtures {
    pub mod html;
    pub mod options;
    pub mod read;
}

use std::collections::BTreeMap;
use std::fmt::Write;

use fixtures::html::normal;
use fixtures::options::Options;
use fixtures::read;

/// Component, fixtures checked, fixtures left out because they use an option we do not have.
const CHECKED: &[(&str, usize, usize)] = &[
    ("back-link", 7, 0),
    ("breadcrumbs", 12, 0),
    ("button", 38, 0),
    ("character-count", 17, 17),
    ("checkboxes", 40, 2),
    ("date-input", 47, 3),
    ("details", 10, 0),
    ("error-message", 9, 0),
    ("error-summary", 19, 0),
    ("fieldset", 18, 0),
    ("hint", 6, 0),
    ("input", 40, 5),
    ("inset-text", 6, 0),
    ("label", 17, 0),
    ("notification-banner", 21, 0),
    ("pagination", 14, 1),
    ("panel", 9, 10),
    ("radios", 41, 2),
    ("select", 17, 2),
    ("skip-link", 9, 0),
    ("summary-list", 29, 1),
    ("table", 21, 0),
    ("tag", 12, 0),
    ("task-list", 10, 1),
    ("textarea", 18, 0),
    ("warning-text", 8, 0),
];

#[test]
fn components_give_the_html_of_the_fixtures() {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut wrong = String::new();
    for line in include_str!("fixtures/govuk-frontend.jsonl").lines() {
        let fixture: serde_json::Value = serde_json::from_str(line).unwrap();
        let component = fixture["component"].as_str().unwrap();
        let name = fixture["name"].as_str().unwrap();
        let count = counts.entry(component.to_owned()).or_default();
        let options = Options::new(&fixture["options"]);
        let html = read::component(component, &options).filter(|_| options.all_read());
        let Some(html) = html else {
            count.1 += 1;
            println!("left out: {component} / {name}: {:?}", options.unread());
            continue;
        };
        count.0 += 1;
        let (got, wanted) = (normal(&html), normal(fixture["html"].as_str().unwrap()));
        if got != wanted {
            writeln!(wrong, "{component} / {name}\n  wanted {wanted}\n  got    {got}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    let counts: Vec<_> =
        counts.iter().map(|(name, (checked, out))| (name.as_str(), *checked, *out)).collect();
    assert_eq!(counts, CHECKED, "fixtures checked and left out");
}
