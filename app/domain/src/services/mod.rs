//! The directory of services a household can be referred to: who provides what, where, when ([`hours`]), how far away
//! ([`near`]) and for how many.
//!
//! Words: `provider.<code>.name`, `service.<code>.name`, `.about`, `.who` (for whom), `.cost`, `.search` (other words that
//! people look for it with), `place.<code>.hours`. What changes from day to day (hours, capacity, closed until) is kept
//! beside the pack, by casework.

pub mod hours;
pub mod near;

use serde::{Deserialize, Serialize};

use crate::area::AreaTree;
use crate::codes::codes;
use near::Point;

codes! {
    /// Something that a provider may be told of a person, so that it can expect them. A pack says for each service which of
    /// them the service needs; nothing else leaves.
    pub enum Share {
        /// The name.
        Name = "name",
        /// The telephone of the household.
        Phone = "phone",
        /// The year of birth.
        BirthYear = "birth_year",
        /// The sex.
        Sex = "sex",
        /// The area the household lives in.
        Area = "area",
        /// How to find the house.
        Directions = "directions",
        /// The language of the household's letters.
        Language = "language",
    }
}

impl Share {
    /// What is shared where a pack says nothing: who comes.
    pub const USUAL: &'static [Self] = &[Self::Name];
}

codes! {
    /// How a place can be used by people whom others forget.
    pub enum Access {
        /// In a wheelchair.
        Wheelchair = "wheelchair",
        /// In sign language.
        SignLanguage = "sign_language",
        /// By people who cannot see: somebody reads and writes for them.
        ReadAloud = "read_aloud",
        /// Somebody comes to the house.
        HomeVisit = "home_visit",
        /// Women are received by women.
        WomenStaff = "women_staff",
    }
}

codes! {
    /// In which periods places are counted anew.
    pub enum Per {
        /// Each calendar month.
        Month = "month",
        /// Each calendar year.
        Year = "year",
    }
}

/// The period that a day lies in, as places are counted: `2026-11`, `2026`; nothing where they are counted at a time.
pub fn period(per: Option<Per>, day: time::Date) -> String {
    match per {
        None => String::new(),
        Some(Per::Month) => format!("{:04}-{:02}", day.year(), u8::from(day.month())),
        Some(Per::Year) => format!("{:04}", day.year()),
    }
}

/// What kind of service it is; the first five are the employment services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// Finding out what a person can do and wants to do.
    SkillsAssessment,
    /// Vocational or other training.
    Training,
    /// Paid work on public works.
    PublicWorks,
    /// Help to find a job.
    JobPlacement,
    /// Help to start a business.
    BusinessStartUp,
    /// Health care.
    Health,
    /// School and adult education.
    Education,
    /// Housing and repairs.
    Housing,
    /// Legal aid and civil registration.
    Legal,
    /// Protection from violence, neglect and abuse.
    Protection,
    /// Care of children, the old and the sick.
    Care,
    /// Food and nutrition.
    Nutrition,
    /// Anything else.
    Other,
}

impl ServiceKind {
    /// Every kind with the word that packs use.
    pub const ALL: [(&'static str, ServiceKind); 13] = [
        ("skills_assessment", ServiceKind::SkillsAssessment),
        ("training", ServiceKind::Training),
        ("public_works", ServiceKind::PublicWorks),
        ("job_placement", ServiceKind::JobPlacement),
        ("business_start_up", ServiceKind::BusinessStartUp),
        ("health", ServiceKind::Health),
        ("education", ServiceKind::Education),
        ("housing", ServiceKind::Housing),
        ("legal", ServiceKind::Legal),
        ("protection", ServiceKind::Protection),
        ("care", ServiceKind::Care),
        ("nutrition", ServiceKind::Nutrition),
        ("other", ServiceKind::Other),
    ];

    /// Whether it is one of the five employment services.
    pub fn is_employment(self) -> bool {
        self <= ServiceKind::BusinessStartUp
    }
}

/// Who provides services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// The provider's code.
    pub code: String,
    /// Its name where it is the same in every language; else it is in the words.
    pub name: Option<String>,
    /// The area it is in.
    pub area: String,
    /// The agency it belongs to or works for, if any.
    pub agency: Option<String>,
    /// A number people can call.
    pub phone: Option<String>,
}

/// A service that referrals name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// The service's code.
    pub code: String,
    /// What kind it is.
    pub kind: ServiceKind,
    /// The agency that answers for it, if any.
    pub agency: Option<String>,
    /// What its providers are told of a person.
    pub shares: Vec<Share>,
}

/// A service as one provider offers it at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The place's code.
    pub code: String,
    /// Who provides it.
    pub provider: String,
    /// What is provided.
    pub service: String,
    /// Where it is; it serves the areas inside the province around it.
    pub area: String,
    /// Opening hours when they are written the same in every language (`08:00-16:00`); else in the words.
    pub hours: Option<String>,
    /// When it is open, as [`hours::Hours`] writes it; none where only words are known.
    pub open: Option<String>,
    /// Where it is on the globe.
    pub at: Option<Point>,
    /// A number people can call, where it is not the provider's.
    pub phone: Option<String>,
    /// How many people can be served at a time, or in each period; none when there is no limit.
    pub capacity: Option<u32>,
    /// The period that `capacity` is for; none when it is for people at a time.
    pub per: Option<Per>,
    /// Languages spoken, as codes.
    pub languages: Vec<String>,
    /// Whether people who use a wheelchair can get in.
    pub accessible: bool,
    /// What else makes it usable by those whom others forget; with [`Access::Wheelchair`] where `accessible`.
    pub access: Vec<Access>,
    /// Documents to bring.
    pub documents: Vec<String>,
    /// When somebody last checked this entry.
    pub verified: Option<time::Date>,
}

/// All services of a pack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// Who provides.
    pub providers: Vec<Provider>,
    /// What is provided.
    pub services: Vec<Service>,
    /// Where.
    pub places: Vec<Place>,
    /// After how many months somebody should look again whether an entry is right.
    pub verify_months: u32,
    /// How far away, in kilometres in a straight line, somebody is sent without being asked; none for anywhere.
    pub reach_km: Option<u32>,
}

/// Months after which an entry is looked at again where a pack does not say.
pub const VERIFY_MONTHS: u32 = 6;

impl Directory {
    /// The provider with this code.
    pub fn provider(&self, code: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.code == code)
    }

    /// The service with this code.
    pub fn service(&self, code: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.code == code)
    }

    /// The providers of employment services whose places serve an area, each once, by code.
    pub fn places_near_any(&self, area: &str, areas: &AreaTree) -> Vec<String> {
        let mut codes: Vec<String> = self
            .services
            .iter()
            .filter(|service| service.kind.is_employment())
            .flat_map(|service| self.places_near(&service.code, area, areas))
            .map(|place| place.provider.clone())
            .collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// The place with this code.
    pub fn place(&self, code: &str) -> Option<&Place> {
        self.places.iter().find(|place| place.code == code)
    }

    /// Where a service is offered, nearest first: places sharing the most of the way up the area tree with
    /// the household's area come before others; among equals the pack's order holds.
    pub fn places_near(&self, service: &str, area: &str, tree: &AreaTree) -> Vec<&Place> {
        let home = tree.path(area);
        let shared = |place: &Place| {
            tree.path(&place.area)
                .iter()
                .filter(|above| home.iter().any(|own| own.code == above.code))
                .count()
        };
        let mut places: Vec<&Place> = self.places.iter().filter(|place| place.service == service).collect();
        places.sort_by_key(|place| std::cmp::Reverse(shared(place)));
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::area::Area;

    #[test]
    fn the_nearest_place_comes_first() {
        let area = |code: &str, parent: Option<&str>| Area {
            code: code.into(),
            parent: parent.map(Into::into),
            level: "any".into(),
            setting: None,
            province: None,
            name: None,
            at: None,
        };
        let tree = AreaTree::new(vec![
            area("P1", None),
            area("P1-D1", Some("P1")),
            area("P1-D1-C1", Some("P1-D1")),
            area("P1-D2", Some("P1")),
            area("P2", None),
        ]);
        let place = |code: &str, area: &str| Place {
            code: code.into(),
            provider: "p".into(),
            service: "training".into(),
            area: area.into(),
            hours: None,
            open: None,
            at: None,
            phone: None,
            capacity: None,
            per: None,
            languages: Vec::new(),
            accessible: true,
            access: Vec::new(),
            documents: Vec::new(),
            verified: None,
        };
        let directory = Directory {
            places: vec![place("far", "P2"), place("province", "P1-D2"), place("near", "P1-D1-C1")],
            ..Directory::default()
        };
        let codes: Vec<&str> =
            directory.places_near("training", "P1-D1-C1", &tree).iter().map(|p| p.code.as_str()).collect();
        assert_eq!(codes, ["near", "province", "far"]);
        assert!(directory.places_near("health", "P1-D1-C1", &tree).is_empty());
    }

    #[test]
    fn periods_have_names_that_sort() {
        let day = time::macros::date!(2026 - 02 - 28);
        assert_eq!(
            [period(None, day), period(Some(Per::Month), day), period(Some(Per::Year), day)],
            ["", "2026-02", "2026"]
        );
    }

    #[test]
    fn five_employment_services() {
        assert_eq!(ServiceKind::ALL.iter().filter(|(_, kind)| kind.is_employment()).count(), 5);
    }
}
