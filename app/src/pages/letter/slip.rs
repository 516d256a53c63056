//! The receipt as it is printed on 80 mm: the reference large, what was handed in and what is missing, the one date that
//! counts, how to check, complain and object, and the strip with the PIN below a line to tear along.

use domain::country::Currency;
use domain::letter::slip::{Slip, Then};
use domain::pin::Pin;

use super::paper::whose;
use super::words::{Voice, apart};
use crate::kit::{Content, Html};
use crate::words::Lang;

/// The slip; `address` is where the applicant's page is, as one types it, `code` the picture with it.
pub fn slip(slip: &Slip, pin: Option<&Pin>, address: &str, code: &Content) -> Content {
    let lang = Lang::parse(&slip.language).unwrap_or_default();
    // No amount stands on a slip.
    let voice = Voice { lang, currency: Currency { code: String::new(), minor_digits: 0 } };
    let mut out = Html::new();
    out.tag("article").class("app-receipt").attr("lang", lang.code()).attr("dir", lang.dir()).with(|out| {
        out.tag("h1").class("govuk-heading-s").text(&voice.t("receipt-title"));
        office(out, &voice, slip);
        out.tag("h2").class("govuk-body-s app-receipt__key").text(&voice.t("receipt-reference"));
        out.tag("p").class("app-receipt__reference").content(&apart(&slip.reference));
        let handed_in: Vec<String> = slip.handed_in.clone();
        let none = voice.t("receipt-handed-in-none");
        list(out, &voice.t("receipt-handed-in"), if handed_in.is_empty() { vec![none] } else { handed_in });
        let missing: Vec<String> = slip.missing.iter().map(|one| whose(&voice, one)).collect();
        if !missing.is_empty() {
            list(out, &voice.t("receipt-missing"), missing);
        }
        out.tag("p").class("app-receipt__then").with(|out| out.tag("strong").text(&then(&voice, slip.then)));
        list(
            out,
            &voice.t("receipt-check"),
            vec![voice.t_with("receipt-check-text", &[("address", address.into())])],
        );
        list(out, &voice.t("receipt-object"), vec![voice.t("receipt-object-text")]);
        out.content(code);
        out.tag("p").text(&voice.t_with("receipt-officer", &[("number", slip.officer.as_str().into())]));
        if let Some(pin) = pin {
            out.tag("div").class("app-receipt__tear").with(|out| {
                out.tag("h2").class("govuk-body-s app-receipt__key").text(&voice.t("receipt-pin"));
                out.tag("p").class("app-receipt__pin").content(&apart(pin.reveal()));
                out.tag("p").text(&voice.t("receipt-pin-text"));
            });
        }
    });
    Content::Html(out.finish())
}

fn office(out: &mut Html, voice: &Voice, slip: &Slip) {
    out.tag("p").with(|out| {
        out.tag("strong").text(&slip.office.name);
        for line in [&slip.office.address, &slip.office.opening].into_iter().flatten() {
            out.raw("<br>").text(line);
        }
        if let Some(phone) = &slip.office.phone {
            out.raw("<br>").text(&voice.t_with("receipt-phone", &[("phone", phone.as_str().into())]));
        }
    });
    let moment = [("date", voice.date(slip.on).into()), ("time", slip.at.as_str().into())];
    out.tag("p").text(&voice.t_with("date-at-time", &moment));
}

/// A heading with one or several lines below it.
fn list(out: &mut Html, heading: &str, items: Vec<String>) {
    out.tag("h2").class("govuk-body-s app-receipt__key").text(heading);
    out.tag("ul").class("app-receipt__list").with(|out| {
        for item in items {
            out.tag("li").text(&item);
        }
    });
}

fn then(voice: &Voice, then: Then) -> String {
    let dated = |key: &str, date| voice.t_with(key, &[("date", voice.date(date).into())]);
    match then {
        Then::ObjectUntil(date) => dated("receipt-then-object", date),
        Then::DecidedBy(date) => dated("receipt-then-decided", date),
        Then::BringBy(date) => dated("receipt-then-bring-by", date),
        Then::Bring => voice.t("receipt-then-bring"),
        Then::WeWrite => voice.t("receipt-then-write"),
    }
}
