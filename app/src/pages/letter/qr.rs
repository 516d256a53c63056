//! The QR code of the receipt: the address of the applicant's page and the reference, nothing else.
//!
//! The reference follows `#`: a telephone opens the page without sending it, so that no server, proxy or log sees it.

use fast_qr::convert::Builder;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::QRBuilder;
use fast_qr::{ECL, QRCode};

use crate::kit::{Content, Html};
use crate::shell::Failure;

/// What the code says.
pub fn text(address: &str, reference: &str) -> String {
    format!("{address}#{reference}")
}

/// The code as a picture; `label` is read by those who do not see it.
pub fn code(text: &str, label: &str) -> Result<Content, Failure> {
    let code: QRCode =
        QRBuilder::new(text).ecl(ECL::M).build().map_err(|e| Failure::internal(format!("{e:?}")))?;
    let mut out = Html::new();
    out.tag("div").class("app-receipt__qr").attr("role", "img").attr("aria-label", label).with(|out| {
        out.raw(&SvgBuilder::default().margin(2).to_str(&code));
    });
    Ok(Content::Html(out.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_holds_the_address_and_the_reference_out_of_the_servers_sight() {
        let text = text("https://guichet.example/track", "SP-7K3M-9QX4");
        assert_eq!(text, "https://guichet.example/track#SP-7K3M-9QX4");
        let Content::Html(svg) = code(&text, "A \"code\"").unwrap() else { panic!("text") };
        assert!(svg.contains("<svg") && svg.contains("aria-label=\"A &quot;code&quot;\""), "{svg}");
        assert!(!svg.contains("style="), "the page's policy allows no style in elements: {svg}");
    }
}
