//! The fields of a complaint: the same for who writes it and for who writes it down for somebody.

use casework::attachments::File;
use casework::complaints::{Channel, NewComplaint};
use casework::{Casework, Error};
use domain::complaint::form::{Field, FieldFault, LONGEST, Statement, Written};
use domain::complaint::{Category, Identity};
use domain::ids::HouseholdId;
use leptos::prelude::*;
use serde::Deserialize;
use time::Date;
use uuid::Uuid;

use super::offices;
use crate::kit::{Choice, Input, Problems, Radios, Select, Textarea};
use crate::shell::Page;
use crate::upload;

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The form's own id.
    pub form: String,
    /// Code of the category.
    pub category: String,
    /// What happened.
    pub what: String,
    /// What is wanted.
    pub wanted: String,
    /// Whom of the staff it is about.
    pub whom: String,
    /// Code of the office it is about.
    pub office: String,
    /// Code of what is known of who complains.
    pub identity: String,
    /// The name.
    pub name: String,
    /// The telephone.
    pub phone: String,
    /// The reference of a request.
    pub reference: String,
    /// How it came; for staff.
    pub channel: String,
    /// The day it came: day, month, year; for staff.
    #[serde(rename = "received-day")]
    pub received_day: String,
    /// Month.
    #[serde(rename = "received-month")]
    pub received_month: String,
    /// Year.
    #[serde(rename = "received-year")]
    pub received_year: String,
}

impl Typed {
    /// An empty form with an id of its own.
    pub fn begin(casework: &Casework) -> Self {
        let form: Uuid = casework.new_id();
        Self { form: form.to_string(), ..Self::default() }
    }

    /// What was said, or what is wrong beside its field.
    pub fn statement(&self, page: &Page, problems: &mut Problems) -> Option<Statement> {
        let written = Written {
            category: self.category.clone(),
            what: self.what.clone(),
            wanted: self.wanted.clone(),
            whom: self.whom.clone(),
            identity: self.identity.clone(),
            name: self.name.clone(),
            phone: self.phone.clone(),
        };
        written.validate().map_err(|faults| say(page, &faults, problems)).ok()
    }

    /// The complaint to be written down.
    pub fn complaint(
        &self,
        page: &Page,
        statement: Statement,
        channel: Channel,
        household: Option<HouseholdId>,
        received_on: Option<Date>,
        files: Vec<File>,
    ) -> Option<NewComplaint> {
        Some(NewComplaint {
            form: Uuid::try_parse(&self.form).ok()?,
            channel,
            statement,
            office: self.office.clone(),
            household,
            reference: self.reference.clone(),
            language: page.lang.code().to_owned(),
            received_on,
            files,
        })
    }
}

/// Says beside each field what is wrong with it.
fn say(page: &Page, faults: &[(Field, FieldFault)], problems: &mut Problems) {
    for (field, fault) in faults {
        let key = match (field, fault) {
            (Field::Category, _) => "complain-category-missing",
            (Field::What, FieldFault::Missing) => "complain-what-missing",
            (Field::Identity, _) => "complain-identity-missing",
            (Field::Name, FieldFault::Missing) => "complain-name-missing",
            (Field::Phone, _) => "complain-phone-wrong",
            _ => "complain-too-long",
        };
        problems.add(field.code(), page.t(key));
    }
}

/// What a use case refused, beside its field; what is nobody's fault goes on as it is.
pub fn refused(page: &Page, error: Error, problems: &mut Problems) -> Result<(), Error> {
    let (field, key) = match error {
        Error::Invalid("complaint.office") => ("office", "field-not-a-choice"),
        Error::Invalid("complaint.received") => ("received-day", "complaint-received-wrong"),
        Error::Invalid("file.too_many") => ("files", "file-fault-too_many"),
        other => return Err(other),
    };
    problems.add(field, page.t(key));
    Ok(())
}

/// The fields, without the files.
pub fn fields(
    page: &Page,
    casework: &Casework,
    typed: &Typed,
    problems: &Problems,
) -> Result<AnyView, Error> {
    let pack = casework.pack()?;
    let mut categories = Radios::new("category", page.t("complain-category"))
        .legend_class("govuk-fieldset__legend--s")
        .value(&typed.category)
        .error(problems.of("category"));
    for category in Category::ALL {
        categories = categories.choice(
            Choice::new(category.code(), page.t_of("complaint-category", category.code()))
                .hint(page.t_of("complaint-category-hint", category.code())),
        );
    }
    let office = Select::new("office", page.t("complain-office"))
        .label_class("govuk-label--s")
        .item("", page.t("complain-office-unknown"))
        .items(offices(page, &pack))
        .value(&typed.office)
        .error(problems.of("office"));
    let area = |name: &str, key: &str, rows: u32, text: &str| {
        Textarea::new(name, page.t(key))
            .label_class("govuk-label--s")
            .rows(rows)
            .value(text)
            .error(problems.of(name))
    };
    let limit = i64::try_from(LONGEST).unwrap_or(i64::MAX);
    let what = area("what", "complain-what", 8, &typed.what)
        .hint(page.t_with("complain-what-hint", &[("most", limit.into())]));
    let wanted = area("wanted", "complain-wanted", 3, &typed.wanted).hint(page.t("complain-wanted-hint"));
    let whom = Input::new("whom", page.t("complain-whom"))
        .label_class("govuk-label--s")
        .hint(page.t("complain-whom-hint"))
        .value(&typed.whom)
        .autocomplete("off")
        .error(problems.of("whom"));
    let mut identity = Radios::new("identity", page.t("complain-identity"))
        .legend_class("govuk-fieldset__legend--s")
        .value(&typed.identity)
        .error(problems.of("identity"));
    for known in Identity::ALL {
        identity = identity.choice(
            Choice::new(known.code(), page.t_of("complain-identity", known.code()))
                .hint(page.t_of("complain-identity-hint", known.code())),
        );
    }
    let name = Input::new("name", page.t("complain-name"))
        .hint(page.t("complain-name-hint"))
        .value(&typed.name)
        .autocomplete("off")
        .error(problems.of("name"));
    let phone = Input::new("phone", page.t("complain-phone"))
        .kind("tel")
        .value(&typed.phone)
        .width(20)
        .autocomplete("off")
        .attribute("dir", "ltr")
        .error(problems.of("phone"));
    let reference = Input::new("reference", page.t("complain-reference"))
        .hint(page.t("complain-reference-hint"))
        .value(&typed.reference)
        .width(20)
        .autocomplete("off")
        .attribute("dir", "ltr")
        .error(problems.of("reference"));
    Ok(view! {
        <input type="hidden" name="form" value=typed.form.clone()/>
        {categories}
        {office}
        {what}
        {wanted}
        {whom}
        {identity}
        {name}
        {phone}
        {reference}
        {upload::field(page, problems)}
    }
    .into_any())
}
