//! The files a page needs: style sheets and pictures from the binary (`/assets/…`), islands from `--site` (`/pkg/…`).
//!
//! All are read and compressed once, at start; nothing is looked up in a file system while serving, so no path can
//! lead out of a folder. A page names them with `?v=<version>`; such a request is answered `immutable`, any other with
//! an `ETag` that the browser asks about again. To serve one more file: put it into `style/assets/`.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};

/// One file in every form it is sent in.
struct Asset {
    kind: &'static str,
    raw: Vec<u8>,
    brotli: Option<Vec<u8>>,
    gzip: Option<Vec<u8>>,
}

/// All files by the path in their URL, and the version that stands for their contents.
pub struct Assets {
    files: HashMap<String, Asset>,
    version: String,
    islands: bool,
}

/// Media types by file name ending; a file with another ending is not served.
const KINDS: &[(&str, &str)] = &[
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("ico", "image/x-icon"),
    ("json", "application/json"),
    ("txt", "text/plain; charset=utf-8"),
    ("webmanifest", "application/manifest+json"),
];

impl Assets {
    /// Reads the embedded style and, where they are built, the islands below `site/pkg`.
    pub fn load(style: &[(&str, &[u8])], site: Option<&Path>) -> std::io::Result<Self> {
        let mut files = HashMap::new();
        for (path, bytes) in style {
            let name = path.strip_prefix("assets/").unwrap_or(path);
            if let Some(kind) = kind(name) {
                files.insert(format!("/assets/{name}"), Asset::new(kind, bytes.to_vec(), None, None));
            }
        }
        let mut islands = false;
        let pkg = site.map(|site| site.join("pkg")).filter(|pkg| pkg.is_dir());
        for entry in pkg.iter().map(std::fs::read_dir).collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if let (Some(kind), true) = (kind(name), path.is_file()) {
                let beside =
                    |ending: &str| std::fs::read(path.with_file_name(format!("{name}.{ending}"))).ok();
                files.insert(
                    format!("/pkg/{name}"),
                    Asset::new(kind, std::fs::read(&path)?, beside("br"), beside("gz")),
                );
                islands |= kind == "application/wasm";
            }
        }
        let mut hash = Sha256::new();
        let mut names: Vec<_> = files.keys().collect();
        names.sort();
        for name in names {
            hash.update(name);
            hash.update(&files[name].raw);
        }
        let version =
            hash.finalize().iter().take(8).fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        Ok(Self { files, version, islands })
    }

    /// Changes when any file changes; part of every URL of a file.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether there are islands to load; every page works without them.
    pub fn has_islands(&self) -> bool {
        self.islands
    }

    /// The routes of all files.
    pub fn routes<S: Clone + Send + Sync + 'static>(self: Arc<Self>) -> axum::Router<S> {
        axum::Router::new()
            .route("/assets/{*path}", get(serve))
            .route("/pkg/{*path}", get(serve))
            .route(
                "/favicon.ico",
                get(async |State(assets): State<Arc<Self>>, headers: HeaderMap| {
                    assets.answer("/assets/favicon.svg", None, &headers)
                }),
            )
            .with_state(self)
    }

    fn answer(&self, path: &str, query: Option<&str>, wants: &HeaderMap) -> Response {
        let Some(asset) = self.files.get(path) else { return StatusCode::NOT_FOUND.into_response() };
        let (body, encoding) = asset.for_reader(wants);
        let etag = format!("\"{}{}\"", self.version, encoding.unwrap_or_default());
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        let named = query.and_then(|query| query.strip_prefix("v=")) == Some(self.version.as_str());
        let caching = if named { "public, max-age=31536000, immutable" } else { "public, no-cache" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        let known = wants.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == etag.as_bytes());
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            headers.insert(header::ETAG, etag);
        }
        if known {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (headers, body.to_vec()).into_response()
    }
}

impl Asset {
    fn new(kind: &'static str, raw: Vec<u8>, brotli: Option<Vec<u8>>, gzip: Option<Vec<u8>>) -> Self {
        // A picture is compressed already, and below some hundred bytes the header costs more than it saves.
        let worth = raw.len() > 400 && !kind.starts_with("image/png");
        let smaller = |bytes: &Vec<u8>| worth && bytes.len() < raw.len();
        let brotli = brotli.or_else(|| worth.then(|| squeeze_brotli(&raw)).flatten()).filter(smaller);
        let gzip = gzip.or_else(|| worth.then(|| squeeze_gzip(&raw)).flatten()).filter(smaller);
        Self { kind, raw, brotli, gzip }
    }

    fn for_reader(&self, wants: &HeaderMap) -> (&[u8], Option<&'static str>) {
        let accepted =
            wants.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let accepts = |name: &str| {
            accepted.split(',').any(|part| {
                let (coding, weight) = part.split_once(';').unwrap_or((part, ""));
                coding.trim() == name && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
            })
        };
        match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if accepts("br") => (brotli, Some("br")),
            (_, Some(gzip)) if accepts("gzip") => (gzip, Some("gzip")),
            _ => (&self.raw, None),
        }
    }
}

fn kind(name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.')?.1;
    KINDS.iter().find(|(known, _)| *known == ending).map(|(_, kind)| *kind)
}

fn squeeze_brotli(raw: &[u8]) -> Option<Vec<u8>> {
    let mut small = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 9, size_hint: raw.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &*raw, &mut small, &params).ok()?;
    Some(small)
}

fn squeeze_gzip(raw: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(raw).ok()?;
    encoder.finish().ok()
}

async fn serve(
    State(assets): State<Arc<Assets>>,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    assets.answer(uri.path(), query.as_deref(), &headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt as _;

    fn site() -> tempfile::TempDir {
        let site = tempfile::tempdir().unwrap();
        std::fs::create_dir(site.path().join("pkg")).unwrap();
        std::fs::write(site.path().join("pkg/guichet.js"), "export default 1;\n".repeat(100)).unwrap();
        std::fs::write(site.path().join("pkg/guichet_bg.wasm"), b"\0asm").unwrap();
        std::fs::write(site.path().join("pkg/secret.key"), b"no").unwrap();
        site
    }

    async fn ask(
        assets: &Arc<Assets>,
        path: &str,
        headers: &[(&str, &str)],
    ) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = assets.clone().routes().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, to_bytes(body, 1 << 20).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn a_file_named_with_its_version_is_kept_for_ever_and_any_other_asked_about_again() {
        let site = site();
        let style: &[(&str, &[u8])] = &[("guichet.css", b"a{}"), ("assets/images/x.svg", b"<svg/>")];
        let assets = Arc::new(Assets::load(style, Some(site.path())).unwrap());
        assert!(assets.has_islands());
        let named = format!("/pkg/guichet.js?v={}", assets.version());
        let (status, headers, body) = ask(&assets, &named, &[("accept-encoding", "gzip;q=0, br")]).await;
        assert_eq!((status, headers["content-encoding"].to_str().unwrap()), (StatusCode::OK, "br"));
        assert!(headers["cache-control"].to_str().unwrap().contains("immutable"));
        assert!(body.len() < 200);
        let (_, headers, _) = ask(&assets, "/pkg/guichet.js?v=old", &[]).await;
        assert_eq!(headers["cache-control"], "public, no-cache");
        let tag = headers["etag"].to_str().unwrap().to_owned();
        let (status, _, body) = ask(&assets, "/pkg/guichet.js", &[("if-none-match", &tag)]).await;
        assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
        let (status, headers, _) = ask(&assets, "/assets/images/x.svg", &[]).await;
        assert_eq!((status, headers["content-type"].to_str().unwrap()), (StatusCode::OK, "image/svg+xml"));
    }

    #[tokio::test]
    async fn nothing_but_the_known_files_is_served() {
        let site = site();
        let assets = Arc::new(Assets::load(&[], Some(site.path())).unwrap());
        for path in
            ["/pkg/secret.key", "/pkg/../Cargo.toml", "/pkg/%2e%2e/x.css", "/assets/nothing.css", "/pkg/"]
        {
            assert_eq!(ask(&assets, path, &[]).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        let none = Arc::new(Assets::load(&[], Some(Path::new("/nowhere"))).unwrap());
        assert!(!none.has_islands());
    }

    #[test]
    fn the_version_changes_with_any_file() {
        let one = Assets::load(&[("guichet.css", b"a{}")], None).unwrap();
        let other = Assets::load(&[("guichet.css", b"b{}")], None).unwrap();
        assert_ne!(one.version(), other.version());
    }
}
