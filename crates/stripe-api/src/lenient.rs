//! Reading what is optional without letting it spoil what matters.
//!
//! The few fields that decide about money are read strictly. Everything else is read through these
//! functions: an absent, null or oddly typed field becomes `None` (or a default), because a payment that
//! succeeded must not become unreadable through a decoration of its receipt.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use crate::object::Expandable;

/// A string, number or boolean; anything else is `None`.
pub(crate) fn scalar<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_any(Scalar(PhantomData))
}

/// As [`scalar`], with the type's default in the place of `None`.
pub(crate) fn scalar_or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    scalar(deserializer).map(Option::unwrap_or_default)
}

/// An object; anything else is `None`.
pub(crate) fn object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_any(Object(PhantomData))
}

/// An id or an expanded object; anything else is `None`.
pub(crate) fn expandable<'de, D, T>(deserializer: D) -> Result<Option<Expandable<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_any(IdOrObject(PhantomData))
}

/// The id of something that may be expanded; its content is passed over.
pub(crate) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct OnlyId {
        #[serde(default, deserialize_with = "scalar")]
        id: Option<String>,
    }
    let found: Option<Expandable<OnlyId>> = expandable(deserializer)?;
    Ok(match found {
        Some(Expandable::Id(id)) => Some(id),
        Some(Expandable::Object(object)) => object.id,
        None => None,
    })
}

/// Pairs of strings; values of other types are left out, anything but an object is empty.
pub(crate) fn metadata<'de, D>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error>
where
    D: Deserializer<'de>,
{
    struct Text(Option<String>);
    impl<'de> Deserialize<'de> for Text {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            scalar(deserializer).map(Self)
        }
    }
    let found: Option<BTreeMap<String, Text>> = object(deserializer)?;
    let pairs = found.unwrap_or_default().into_iter();
    Ok(pairs.filter_map(|(name, value)| Some((name, value.0?))).collect())
}

/// The objects in a list; what is none is left out, and anything but a list is empty.
pub(crate) fn objects<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let found = serde_json::Value::deserialize(deserializer)?;
    let each = found.as_array().cloned().unwrap_or_default().into_iter();
    Ok(each.filter_map(|one| serde_json::from_value(one).ok()).collect())
}

fn drain_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

fn drain_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// The visits that all visitors below answer alike: this is not what was looked for.
macro_rules! nothing {
    ($($visit:ident($of:ty)),* $(,)?) => {
        $(fn $visit<E: Error>(self, _: $of) -> Result<Self::Value, E> { Ok(None) })*

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
            drain_seq(seq).map(|()| None)
        }

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any value")
        }
    };
}

struct Scalar<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Scalar<T> {
    type Value = Option<T>;

    nothing!(visit_f64(f64));

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(T::deserialize(IntoDeserializer::<E>::into_deserializer(value)).ok())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(T::deserialize(IntoDeserializer::<E>::into_deserializer(value)).ok())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(T::deserialize(IntoDeserializer::<E>::into_deserializer(value)).ok())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(T::deserialize(IntoDeserializer::<E>::into_deserializer(value)).ok())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        drain_map(map).map(|()| None)
    }
}

struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = Option<T>;

    nothing!(visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str));

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }
}

struct IdOrObject<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for IdOrObject<T> {
    type Value = Option<Expandable<T>>;

    nothing!(visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64));

    fn visit_str<E: Error>(self, id: &str) -> Result<Self::Value, E> {
        Ok(Some(Expandable::Id(id.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|object| Some(Expandable::Object(object)))
    }
}
