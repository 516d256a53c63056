//! A carrier that keeps what it got, for stories about messages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::deliver::{Carried, Carrier, Carriers, Carrying, Parcel, Trouble};
use crate::{Casework, args};

/// Keeps what it got, one message for each key, and fails as it is told.
#[derive(Debug, Default)]
pub struct Basket {
    got: Mutex<BTreeMap<String, Parcel>>,
    handed: Mutex<u64>,
    trouble: Mutex<Option<Trouble>>,
}

impl Basket {
    /// The basket, and the ways out that lead into it.
    pub fn new() -> (Arc<Self>, Carriers) {
        let basket = Arc::new(Self::default());
        let carriers = Carriers { sms: Some(basket.clone()), jitter: || 0, ..Carriers::default() };
        (basket, carriers)
    }

    /// From now on it answers this.
    pub fn fail(&self, trouble: impl Into<Option<Trouble>>) {
        *self.trouble.lock().unwrap() = trouble.into();
    }

    /// The messages, in the order of their keys.
    pub fn got(&self) -> Vec<Parcel> {
        self.got.lock().unwrap().values().cloned().collect()
    }

    /// Their texts.
    pub fn texts(&self) -> Vec<String> {
        self.got().into_iter().map(|parcel| parcel.text).collect()
    }

    /// How often a message was handed over, repeated or not.
    pub fn handed(&self) -> u64 {
        *self.handed.lock().unwrap()
    }
}

impl Carrier for Basket {
    fn carry<'a>(&'a self, parcel: &'a Parcel) -> Carrying<'a> {
        Box::pin(async move {
            *self.handed.lock().unwrap() += 1;
            if let Some(trouble) = *self.trouble.lock().unwrap() {
                return Err(trouble);
            }
            self.got.lock().unwrap().entry(parcel.key.clone()).or_insert_with(|| parcel.clone());
            Ok(Carried { reference: format!("basket-{}", parcel.key) })
        })
    }
}

/// The states of all messages, in the order they were made.
pub async fn states(cw: &Casework) -> Vec<(String, String, String)> {
    cw.acting(&crate::Actor::system())
        .db
        .all("SELECT kind, state, trouble FROM notice ORDER BY notice_id", args![])
        .await
        .unwrap()
}
