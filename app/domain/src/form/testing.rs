//! A small form for the tests of what forms do.

use super::Form;

/// The form, as a pack writes it.
pub(crate) const TEXT: &str = r#"
id = "small"

[[choices]]
id = "toilet_type"
options = ["flush", "pit", "none"]
retired = ["bucket"]

[[choices]]
id = "things"
options = ["none", "radio", "bicycle"]

[[module]]
id = "housing"
valid_months = 24

[[module]]
id = "school"
valid_months = 12

[[group]]
id = "dwelling"
module = "housing"

[[question]]
id = "rooms"
group = "dwelling"
kind = "integer"
required = true
constraint = "this >= 1 and this <= 30"

[[question]]
id = "rents"
group = "dwelling"
kind = "bool"
required = true

[[question]]
id = "rent"
group = "dwelling"
kind = "money"
required = true
relevant = "rents"
when_irrelevant = 0

[[question]]
id = "toilet"
group = "dwelling"
kind = "select_one"
choices = "toilet_type"
required = true

[[question]]
id = "shared_toilet"
group = "dwelling"
kind = "bool"
required = true
relevant = "toilet != 'none'"

[[question]]
id = "shared_with"
group = "dwelling"
kind = "integer"
relevant = "shared_toilet"
constraint = "this > 0"

[[group]]
id = "goods"
module = "housing"
relevant = "setting = 'rural' or rooms > 1"

[[question]]
id = "belongings"
group = "goods"
kind = "select_many"
choices = "things"
required = true
constraint = "not has(this, 'none') or not (has(this, 'radio') or has(this, 'bicycle'))"

[[question]]
id = "farms"
group = "goods"
kind = "bool"

[[question]]
id = "land"
group = "goods"
kind = "decimal"
relevant = "farms"
unit = "hectares"

[[question]]
id = "moved_on"
group = "goods"
kind = "date"
constraint = "this <= as_of"

[[question]]
id = "remarks"
group = "goods"
kind = "text"
refused = false

[[group]]
id = "schooling"
module = "school"
repeat = "members"
relevant = "years(birth_date, as_of) >= 6 and years(birth_date, as_of) < 18"

[[question]]
id = "attends_school"
group = "schooling"
kind = "bool"
required = true

[[question]]
id = "why_not_school"
group = "schooling"
kind = "text"
required = true
relevant = "not attends_school"

[[group]]
id = "school_costs"
module = "school"
relevant = "any(members of attends_school)"

[[question]]
id = "fees"
group = "school_costs"
kind = "money"
required = true

[[question]]
id = "fees_each"
group = "school_costs"
kind = "calc"
expression = "fees / count(members where attends_school)"

[[question]]
id = "old_question"
group = "school_costs"
kind = "integer"
retired = true
"#;

/// The form, read.
pub(crate) fn form() -> Form {
    crate::pack::questionnaire::form_for_tests(TEXT)
}
