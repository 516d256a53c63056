//! Forms with files: [`Sent`] reads what was typed and what was chosen, [`field`] is the field, [`refuse`] says beside it why a
//! file is not taken, and [`download`] gives one back.
//!
//! A page with files: its form has `enctype="multipart/form-data"` with [`field`] as the last of its fields, so that what
//! was typed has come before a file that is too large; its route has `.layer(upload::limit())`; its handler takes
//! `Sent<T>` in the place of `Raw<T>` (a plain form is read too). Nothing that was typed is lost over a file; the files
//! must be chosen again, since no page can fill them in, and [`refuse`] says so. The guard against forged requests
//! is around all pages and asks nothing of the form.

use axum::body::Body;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use casework::attachments::{File, Opened};
use domain::attachment::{FileFault, LARGEST};
use serde::de::DeserializeOwned;

use crate::kit::{FileUpload, Problems};
use crate::shell::{Page, address};
use crate::state::Raw;

/// How many files one form takes; more come with the next.
pub const AT_ONCE: usize = 3;
/// The largest form with files that is listened to, in bytes: over it the line is cut. Between what is taken and this, the
/// rest is read and forgotten, since a browser that is answered too early shows a broken line and not the answer.
pub const LARGEST_FORM: usize = 48 * 1024 * 1024;
/// What is kept of the text of one form, in bytes.
const TEXT: usize = 256 * 1024;

/// For the route of a form with files.
pub fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(LARGEST_FORM)
}

/// A form with files as it was sent. `T` is as for [`Raw`].
#[derive(Clone, Debug, Default)]
pub struct Sent<T> {
    /// What was typed.
    pub typed: T,
    /// The files that can be kept.
    pub files: Vec<File>,
    /// The names of those that cannot, and why.
    pub faults: Vec<(String, FileFault)>,
}

impl<S, T> FromRequest<S> for Sent<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Default,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let is_multipart = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("multipart/form-data"));
        if !is_multipart {
            let Raw(typed) = Raw::<T>::from_request(request, state).await?;
            return Ok(Self { typed, files: Vec::new(), faults: Vec::new() });
        }
        let mut pairs: Vec<(String, String)> = Vec::new();
        let (mut text, mut files, mut faults) = (0, Vec::new(), Vec::new());
        let Ok(mut form) = Multipart::from_request(request, state).await else { return Ok(Self::default()) };
        loop {
            let field = match form.next_field().await {
                Ok(Some(field)) => field,
                Ok(None) => break,
                Err(cut) => {
                    // Of a file in the middle of which it ended this has been said.
                    let fault = ended(cut.status());
                    if !faults.iter().any(|(_, told)| *told == fault) {
                        faults.push((String::new(), fault));
                    }
                    break;
                }
            };
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(str::to_owned) {
                None => {
                    let (bytes, _) = read(field, TEXT - text).await;
                    text += bytes.len();
                    pairs.push((name, String::from_utf8_lossy(&bytes).into_owned()));
                }
                Some(file) => {
                    let room = files.len() < AT_ONCE;
                    let (bytes, fault) = read(field, if room { LARGEST } else { 0 }).await;
                    match fault {
                        // A field in which nothing was chosen.
                        None if file.is_empty() && bytes.is_empty() => {}
                        Some(_) if !room => faults.push((file, FileFault::TooMany)),
                        Some(fault) => faults.push((file, fault)),
                        None => match File::read(&file, bytes) {
                            Ok(read) => files.push(read),
                            Err(fault) => faults.push((file, fault)),
                        },
                    }
                }
            }
        }
        let pairs: Vec<(&str, &str)> =
            pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let typed = address("", &pairs);
        let form = Request::post("/")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(typed.trim_start_matches('?').to_owned()))
            .map_err(|_| StatusCode::BAD_REQUEST.into_response())?;
        let Raw(typed) = Raw::<T>::from_request(form, state).await?;
        Ok(Self { typed, files, faults })
    }
}

fn ended(status: StatusCode) -> FileFault {
    if status == StatusCode::PAYLOAD_TOO_LARGE { FileFault::TooLarge } else { FileFault::Cut }
}

/// Reads a part to its end; what is over `most` bytes is forgotten.
async fn read(mut field: Field<'_>, most: usize) -> (Vec<u8>, Option<FileFault>) {
    let mut bytes = Vec::new();
    let mut fault = None;
    loop {
        match field.chunk().await {
            Ok(None) => return (bytes, fault),
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= most => bytes.extend_from_slice(&chunk),
            Ok(Some(_)) => {
                bytes.clear();
                fault = Some(FileFault::TooLarge);
            }
            Err(cut) => return (Vec::new(), Some(ended(cut.status()))),
        }
    }
}

/// The field that takes files; the last of its form.
pub fn field(page: &Page, problems: &Problems) -> FileUpload {
    FileUpload::new("files", page.t("file-field"))
        .hint(page.t_with("file-hint", &[("most", i64::try_from(AT_ONCE).unwrap_or(i64::MAX).into())]))
        .attribute("accept", ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png")
        .attribute("multiple", "multiple")
        .error(problems.of("files"))
}

/// Says beside the field why files are not taken, and that those which were must be chosen again.
pub fn refuse(page: &Page, faults: &[(String, FileFault)], problems: &mut Problems) {
    let said: Vec<String> = faults
        .iter()
        .map(|(name, fault)| {
            let why = page.t_of("file-fault", fault.code());
            // A name is theirs: nothing but what can be read, and not all of a long one.
            let name: String = name.chars().filter(|ch| !ch.is_control()).take(60).collect();
            if name.is_empty() { why } else { format!("{name}{}{why}", page.t("colon")) }
        })
        .collect();
    if !said.is_empty() {
        problems.add("files", format!("{} {}", said.join(" "), page.t("file-again")));
    }
}

/// Sends a file so that it is kept by who asked and nothing of it runs here.
pub fn download(file: &Opened) -> Response {
    let encoded = address("", &[("n", &file.name)]);
    let name = encoded.trim_start_matches("?n=").replace('/', "%2F");
    let plain = format!("file.{}", file.kind.ending());
    let kept = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{name}");
    let mut response = (StatusCode::OK, file.body.to_vec()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind.media_type()));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(kept) = HeaderValue::from_str(&kept) {
        headers.insert(header::CONTENT_DISPOSITION, kept);
    }
    response
}

#[cfg(test)]
mod tests {
    use domain::attachment::FileKind;
    use tower::ServiceExt as _;

    use super::*;
    use crate::words::Lang;

    const PDF: &str = "%PDF-1.4\n%%EOF\n";

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default)]
    struct Typed {
        what: String,
        more: Vec<String>,
    }

    fn part(name: &str, file: Option<&str>, body: &[u8]) -> Vec<u8> {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        let mut out =
            format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n").into_bytes();
        out.extend(body);
        out.extend(b"\r\n");
        out
    }

    async fn send(mut body: Vec<u8>, end: &str) -> Sent<Typed> {
        body.extend(end.as_bytes());
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
            .body(Body::from(body))
            .unwrap();
        let app = axum::Router::new().route(
            "/",
            axum::routing::post(async |sent: Sent<Typed>| {
                let mut response = StatusCode::OK.into_response();
                response.extensions_mut().insert(std::sync::Arc::new(sent));
                response
            })
            .layer(limit()),
        );
        let mut response = app.oneshot(request).await.unwrap();
        std::sync::Arc::into_inner(response.extensions_mut().remove::<std::sync::Arc<Sent<Typed>>>().unwrap())
            .unwrap()
    }

    #[tokio::test]
    async fn text_and_files_come_together() {
        let body = [
            part("what", None, "Élo & co = 5 % \u{1}\r\nline".as_bytes()),
            part("more", None, b"a"),
            part("more", None, b"b"),
            part("files", Some(""), b""),
            part("files", Some("letter.pdf"), PDF.as_bytes()),
        ]
        .concat();
        let sent = send(body, "--b--\r\n").await;
        let typed = Typed { what: "Élo & co = 5 %  \r\nline".into(), more: vec!["a".into(), "b".into()] };
        assert_eq!(sent.typed, typed);
        assert_eq!(sent.files.iter().map(File::kind).collect::<Vec<_>>(), [FileKind::Pdf]);
        assert_eq!(sent.faults, []);
    }

    #[tokio::test]
    async fn what_was_typed_stays_whatever_the_files_are() {
        let large = vec![b' '; LARGEST + 1];
        let text = part("what", None, b"kept");
        for (files, faults) in [
            (part("files", Some("a.pdf"), &large), vec![FileFault::TooLarge]),
            (part("files", Some("a.pdf"), b"<html>"), vec![FileFault::NotAllowed]),
            (part("files", Some("a.pdf"), PDF.as_bytes()).repeat(5), vec![FileFault::TooMany; 2]),
            (part("files", Some("a.pdf"), b""), vec![FileFault::Empty]),
        ] {
            let sent = send([text.clone(), files].concat(), "--b--\r\n").await;
            assert_eq!(sent.typed.what, "kept");
            let why: Vec<FileFault> = sent.faults.iter().map(|(_, fault)| *fault).collect();
            assert_eq!(why, faults);
        }
        let cut = send([text, part("files", Some("a.pdf"), PDF.as_bytes())].concat(), "").await;
        assert_eq!((cut.typed.what.as_str(), cut.files.len()), ("kept", 0));
        assert_eq!(cut.faults.len(), 1);
    }

    #[test]
    fn every_fault_has_its_words_beside_the_field() {
        for lang in Lang::ALL {
            let page = Page::for_test(lang);
            for fault in FileFault::ALL {
                let mut problems = Problems::new();
                refuse(&page, &[("pho\u{7}to.pdf".into(), *fault)], &mut problems);
                let said = problems.of("files").unwrap_or_default();
                assert!(said.contains("photo.pdf") && !said.contains("file-fault"), "{said}");
            }
        }
    }

    #[test]
    fn a_file_is_sent_to_be_kept_and_not_shown() {
        let body = PDF.as_bytes().to_vec().into();
        let file = Opened { kind: FileKind::Pdf, name: "Élo \"a\"/b.pdf".into(), body };
        let response = download(&file);
        let head = |name| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(head(header::CONTENT_TYPE), "application/pdf");
        assert_eq!(head(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        let name = "attachment; filename=\"file.pdf\"; filename*=UTF-8''%C3%89lo%20%22a%22%2Fb.pdf";
        assert_eq!(head(header::CONTENT_DISPOSITION), name);
    }
}
