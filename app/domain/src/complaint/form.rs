//! What somebody writes who complains, and what is wrong with it in itself.

use super::{Category, Identity};
use crate::codes::codes;
use crate::phone::Phone;

/// The longest text of what happened, in characters.
pub const LONGEST: usize = 4000;
/// The longest name, in characters.
const LONGEST_NAME: usize = 120;

/// What is written, as it comes from a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Code of the category.
    pub category: String,
    /// What happened.
    pub what: String,
    /// What they want to be done.
    pub wanted: String,
    /// Who of the staff it is about, in their words.
    pub whom: String,
    /// Code of what is known of them.
    pub identity: String,
    /// Their name.
    pub name: String,
    /// How to reach them.
    pub phone: String,
}

/// What is complained about, without fault. Its `Debug` shows none of the words.
#[derive(Clone, PartialEq, Eq)]
pub struct Statement {
    /// The category that they chose.
    pub category: Category,
    /// What is known of them.
    pub identity: Identity,
    /// What happened.
    pub what: String,
    /// What they want to be done; may be empty.
    pub wanted: String,
    /// Who of the staff it is about; may be empty.
    pub whom: String,
    /// Name, and telephone where there is one; none of who is anonymous.
    pub who: Option<(String, Option<Phone>)>,
}

impl std::fmt::Debug for Statement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Statement({}, {})", self.category, self.identity)
    }
}

codes! {
    /// A field of the form.
    pub enum Field {
        /// The category.
        Category = "category",
        /// What happened.
        What = "what",
        /// What is wanted.
        Wanted = "wanted",
        /// Whom it is about.
        Whom = "whom",
        /// What is known of them.
        Identity = "identity",
        /// The name.
        Name = "name",
        /// The telephone.
        Phone = "phone",
    }
}

codes! {
    /// What is wrong with a field.
    pub enum FieldFault {
        /// Nothing is in it.
        Missing = "missing",
        /// It is too long.
        TooLong = "too_long",
        /// It is not what it should be.
        Wrong = "wrong",
    }
}

impl Written {
    /// The statement, or everything that is wrong, in the order of the form.
    ///
    /// What is written of a name is not looked at when they want to be anonymous, and goes nowhere.
    pub fn validate(&self) -> Result<Statement, Vec<(Field, FieldFault)>> {
        let mut faults = Vec::new();
        let category: Option<Category> = self.category.trim().parse().ok();
        if category.is_none() {
            faults.push((Field::Category, FieldFault::Missing));
        }
        let text = |field, text: &str, most: usize, needed: bool, faults: &mut Vec<_>| {
            let text = text.trim().replace("\r\n", "\n");
            if needed && text.is_empty() {
                faults.push((field, FieldFault::Missing));
            } else if text.chars().count() > most {
                faults.push((field, FieldFault::TooLong));
            }
            text
        };
        let what = text(Field::What, &self.what, LONGEST, true, &mut faults);
        let wanted = text(Field::Wanted, &self.wanted, LONGEST, false, &mut faults);
        let whom = text(Field::Whom, &self.whom, LONGEST_NAME, false, &mut faults);
        let identity: Option<Identity> = self.identity.trim().parse().ok();
        let who = match identity {
            None => {
                faults.push((Field::Identity, FieldFault::Missing));
                None
            }
            Some(Identity::Anonymous) => None,
            Some(Identity::Identified | Identity::Confidential) => {
                let name = text(Field::Name, &self.name, LONGEST_NAME, true, &mut faults);
                let typed = self.phone.trim();
                let phone = Phone::parse(typed).ok();
                if phone.is_none() && !typed.is_empty() {
                    faults.push((Field::Phone, FieldFault::Wrong));
                }
                Some((name, phone))
            }
        };
        match (category, identity) {
            (Some(category), Some(identity)) if faults.is_empty() => {
                Ok(Statement { category, identity, what, wanted, whom, who })
            }
            _ => Err(faults),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Written {
        Written {
            category: "payment_delay".into(),
            what: " Nothing came.\r\nTwice. ".into(),
            identity: "identified".into(),
            name: "Awa Diallo".into(),
            ..Written::default()
        }
    }

    #[test]
    fn what_is_missing_is_said_field_by_field() {
        let faults = Written::default().validate().unwrap_err();
        let missing = |field| (field, FieldFault::Missing);
        assert_eq!(faults, [missing(Field::Category), missing(Field::What), missing(Field::Identity)]);
        let nameless = Written { name: " ".into(), ..written() };
        assert_eq!(nameless.validate().unwrap_err(), [missing(Field::Name)]);
        let long = Written { what: "x".repeat(LONGEST + 1), phone: "abc".into(), ..written() };
        let faults = [(Field::What, FieldFault::TooLong), (Field::Phone, FieldFault::Wrong)];
        assert_eq!(long.validate().unwrap_err(), faults);
    }

    #[test]
    fn of_who_is_anonymous_nothing_is_taken_though_it_was_typed() {
        let typed = Written { identity: "anonymous".into(), phone: "nonsense".into(), ..written() };
        let statement = typed.validate().unwrap();
        assert_eq!(statement.who, None);
        assert_eq!(statement.what, "Nothing came.\nTwice.");
        assert!(!format!("{statement:?}").contains("came"));
    }

    #[test]
    fn a_name_is_enough_to_be_known() {
        let statement = written().validate().unwrap();
        assert_eq!(statement.who, Some(("Awa Diallo".into(), None)));
    }
}
