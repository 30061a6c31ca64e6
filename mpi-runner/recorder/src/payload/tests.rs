//! Payloads compared with another implementation, and malformed ones.

use proptest::prelude::*;
use ringscope_traces::Payload;
use serde_pickle::{HashableValue, SerOptions, Value};

use super::*;

const PYTHON: bool = true;

fn shown(bytes: &[u8], kind: Kind) -> String {
    let mut out = Vec::new();
    put(&mut out, bytes, kind, PYTHON);
    String::from_utf8(out).expect("JSON is text")
}

fn ints(values: &[i32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_ne_bytes()).collect()
}

fn fingerprint(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    put_fingerprint(&mut out, bytes);
    String::from_utf8(out).expect("JSON is text")
}

#[test]
fn one_integer_is_a_number_and_several_are_a_list() {
    assert_eq!(shown(&[], Kind::I32), "null");
    assert_eq!(shown(&ints(&[-5]), Kind::I32), "-5");
    assert_eq!(shown(&ints(&[1, 2, 3]), Kind::I32), "[1,2,3]");
    assert_eq!(shown(&u64::MAX.to_ne_bytes(), Kind::U64), "18446744073709551615");
}

#[test]
fn floats_are_numbers_as_long_as_json_has_them() {
    assert_eq!(shown(&0.1_f32.to_ne_bytes(), Kind::F32), "0.1");
    assert_eq!(shown(&1.5_f64.to_ne_bytes(), Kind::F64), "1.5");
    let nan = f64::NAN.to_ne_bytes();
    assert_eq!(shown(&nan, Kind::F64), fingerprint(&nan));
}

#[test]
fn text_is_the_json_that_it_is_and_else_a_string() {
    assert_eq!(shown(b"[1,{\"5\":50}]\0garbage", Kind::Text), "[1,{\"5\":50}]");
    assert_eq!(shown(b"hello \"you\"", Kind::Text), r#""hello \"you\"""#);
    let hostile = b"\x1b[2J";
    assert_eq!(shown(hostile, Kind::Text), fingerprint(hostile));
    let deep = "[".repeat(200) + &"]".repeat(200);
    assert!(shown(deep.as_bytes(), Kind::Text).starts_with(['{', '"']));
}

/// What Python 3.11's `pickle.dumps` makes of `(1, [2, None], {5: "x", -1: True})` by each protocol.
#[test]
fn python_s_own_pickles_are_read() {
    let expected = r#"[1,[2,null],{"-1":true,"5":"x"}]"#;
    let pickles: [&[u8]; 6] = [
        b"(I1\n(lp0\nI2\naNa(dp1\nI5\nVx\np2\nsI-1\nI01\nstp3\n.",
        b"(K\x01]q\x00(K\x02Ne}q\x01(K\x05X\x01\x00\x00\x00xq\x02J\xff\xff\xff\xffI01\nutq\x03.",
        b"\x80\x02K\x01]q\x00(K\x02Ne}q\x01(K\x05X\x01\x00\x00\x00xq\x02J\xff\xff\xff\xff\x88u\x87q\x03.",
        b"\x80\x03K\x01]q\x00(K\x02Ne}q\x01(K\x05X\x01\x00\x00\x00xq\x02J\xff\xff\xff\xff\x88u\x87q\x03.",
        b"\x80\x04\x95\x1d\x00\x00\x00\x00\x00\x00\x00K\x01]\x94(K\x02Ne}\x94(K\x05\x8c\x01x\x94J\xff\xff\xff\xff\x88u\x87\x94.",
        b"\x80\x05\x95\x1d\x00\x00\x00\x00\x00\x00\x00K\x01]\x94(K\x02Ne}\x94(K\x05\x8c\x01x\x94J\xff\xff\xff\xff\x88u\x87\x94.",
    ];
    for pickle in pickles {
        assert_eq!(shown(pickle, Kind::Bytes), expected, "{}", pickle.escape_ascii());
    }
}

#[test]
fn a_pickle_that_calls_or_builds_is_not_decoded() {
    // os.system("true"), a namedtuple, a set, an object of a class: none of them is plain data.
    let pickles: [&[u8]; 4] = [
        b"cos\nsystem\n(S'true'\ntR.",
        b"\x80\x03c__main__\nPoint\nK\x01K\x02\x86\x81.",
        b"\x80\x04\x8f(K\x01K\x02\x90.",
        b"\x80\x03c__main__\nK\n)\x81}X\x01\x00\x00\x00xK\x01sb.",
    ];
    for pickle in pickles {
        assert_eq!(shown(pickle, Kind::Bytes), fingerprint(pickle), "{}", pickle.escape_ascii());
    }
}

#[test]
fn a_pickle_that_would_grow_or_go_deep_without_limit_is_not_decoded() {
    // A list that holds itself.
    let circle: &[u8] = b"\x80\x02]q\x00h\x00a.";
    // Each list holds the one before it twice: forty of them would be a million million values.
    let mut bomb = b"\x80\x02]q\x00K\x01a".to_vec();
    for i in 0..40_u8 {
        bomb.extend_from_slice(&[b']', b'q', i + 1, b'(', b'h', i, b'h', i, b'e']);
    }
    bomb.push(b'.');
    let deep = [&b"\x80\x02"[..], &[b']'; 100_000], &[b'a'; 99_999], b"."].concat();
    let endless: &[u8] = b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7fx.";
    for pickle in [circle, &bomb, &deep, endless] {
        assert_eq!(shown(pickle, Kind::Bytes), fingerprint(pickle));
    }
}

#[test]
fn more_than_a_mebibyte_is_length_and_hash() {
    let large = vec![7_u8; LIMIT_BYTES + 4];
    assert_eq!(shown(&large, Kind::I32), fingerprint(&large));
}

fn plain_data() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::I64),
        ".{0,8}".prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Tuple),
            prop::collection::btree_map(any::<i64>().prop_map(HashableValue::I64), inner, 0..6)
                .prop_map(Value::Dict),
        ]
    })
}

/// What a value of the other crate means as JSON.
fn as_payload(value: &Value) -> Payload {
    match value {
        Value::None => Payload::Null,
        Value::Bool(value) => Payload::Bool(*value),
        Value::I64(value) => Payload::Int(*value),
        Value::String(text) => Payload::Text(text.as_str().into()),
        Value::List(items) | Value::Tuple(items) => Payload::list(items.iter().map(as_payload)),
        Value::Dict(entries) => {
            let json = entries.iter().map(|(key, value)| {
                let HashableValue::I64(key) = key else { unreachable!("keys are numbers") };
                (key.to_string(), as_payload(value))
            });
            let json: serde_json::Map<_, _> = json
                .map(|(key, value)| (key, serde_json::to_value(value).expect("it is plain")))
                .collect();
            serde_json::from_value(json.into()).expect("it is plain")
        }
        Value::Int(_) | Value::F64(_) | Value::Bytes(_) | Value::Set(_) | Value::FrozenSet(_) => {
            unreachable!("not among those that are made")
        }
    }
}

proptest! {
    #[test]
    fn plain_data_means_what_another_decoder_says(value in plain_data()) {
        let pickle = serde_pickle::value_to_vec(&value, SerOptions::new()).expect("it is plain");
        let json = shown(&pickle, Kind::Bytes);
        let ours: Payload = serde_json::from_str(&json).expect("it is JSON");
        prop_assert_eq!(ours, as_payload(&value));
    }

    #[test]
    fn whatever_bytes_come_what_is_written_is_json(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        kind in prop::sample::select(vec![Kind::Bytes, Kind::Text, Kind::I32, Kind::F64, Kind::Bool]),
    ) {
        let json = shown(&bytes, kind);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
    }

    #[test]
    fn a_pickle_with_one_byte_changed_is_still_read_or_refused(
        value in plain_data(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut pickle = serde_pickle::value_to_vec(&value, SerOptions::new()).expect("it is plain");
        let at = at.index(pickle.len());
        *pickle.get_mut(at).expect("it is within") = byte;
        let json = shown(&pickle, Kind::Bytes);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
    }
}
