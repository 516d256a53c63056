//! How far apart two points are, in a straight line over the globe.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A point on the globe, in millionths of a degree: about a hand's breadth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Point {
    /// Latitude, north positive.
    pub lat: i32,
    /// Longitude, east positive.
    pub lon: i32,
}

/// Text that is no point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a point: write latitude and longitude in degrees, as in '-3.375, 29.361'")]
pub struct NoPoint;

/// The mean radius of the Earth in kilometres: (2a + b) / 3 of GRS 80 (Moritz, "Geodetic Reference System 1980").
const RADIUS_KM: f64 = 6371.0088;

impl Point {
    /// The length of the great circle between two points, in kilometres, by the haversine formula (Sinnott, "Virtues of the
    /// Haversine", 1984). Roads are longer.
    pub fn km_to(self, other: Self) -> f64 {
        let radians = |millionths: i32| (f64::from(millionths) / 1e6).to_radians();
        let (lat, other_lat) = (radians(self.lat), radians(other.lat));
        let (north, east) = (other_lat - lat, radians(other.lon) - radians(self.lon));
        let square = (north / 2.0).sin().powi(2) + lat.cos() * other_lat.cos() * (east / 2.0).sin().powi(2);
        2.0 * RADIUS_KM * square.sqrt().min(1.0).asin()
    }
}

/// Degrees with at most six places to millionths, within ±`limit` degrees.
fn degrees(text: &str, limit: i32) -> Option<i32> {
    let text = text.trim();
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 6 || !digits(whole) || !digits(part) {
        return None;
    }
    let millionths = whole.parse::<i32>().ok()? * 1_000_000 + format!("{part:0<6}").parse::<i32>().ok()?;
    (millionths <= limit * 1_000_000).then_some(sign * millionths)
}

impl FromStr for Point {
    type Err = NoPoint;
    fn from_str(text: &str) -> Result<Self, NoPoint> {
        let (lat, lon) = text.split_once(',').ok_or(NoPoint)?;
        match (degrees(lat, 90), degrees(lon, 180)) {
            (Some(lat), Some(lon)) => Ok(Self { lat, lon }),
            _ => Err(NoPoint),
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6},{:.6}", f64::from(self.lat) / 1e6, f64::from(self.lon) / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(text: &str) -> Point {
        text.parse().unwrap()
    }

    #[test]
    fn distances_that_others_have_measured() {
        // Great-circle distances between airports as published (BJM–KGL about 172 km, CDG–LHR about 348 km), and a quarter
        // of a meridian of a sphere of that radius: 10,007.56 km.
        for (one, other, km, within) in [
            ("-3.324020, 29.318501", "-1.968628, 30.139500", 176.0, 5.0),
            ("49.012779, 2.55", "51.4706, -0.461941", 348.0, 1.0),
            ("0, 0", "90, 0", 10_007.56, 0.01),
            ("10.5, -179.5", "10.5, 179.5", 109.33, 0.05),
        ] {
            let told = point(one).km_to(point(other));
            assert!((told - km).abs() <= within, "{one} – {other}: {told}");
        }
        assert!(point("12.5, 7").km_to(point("12.5,7.0")) < 1e-9);
    }

    #[test]
    fn what_is_no_point() {
        for text in ["", "1", "1;2", "91,0", "0,181", "1.1234567,2", "-,1", "a,b", "1,2,3", "--1,2"] {
            assert_eq!(text.parse::<Point>(), Err(NoPoint), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_distance_is_the_same_both_ways_and_never_over_half_the_globe(
            (a, b, c, d) in (-90_000_000i32..=90_000_000, -180_000_000i32..=180_000_000,
                             -90_000_000i32..=90_000_000, -180_000_000i32..=180_000_000)
        ) {
            let (one, other) = (Point { lat: a, lon: b }, Point { lat: c, lon: d });
            let there = one.km_to(other);
            prop_assert!((0.0..=20_016.0).contains(&there));
            prop_assert!((there - other.km_to(one)).abs() < 1e-6);
            prop_assert_eq!(one.to_string().parse::<Point>(), Ok(one));
        }
    }
}
