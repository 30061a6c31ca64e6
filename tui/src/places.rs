//! Addresses in programs and libraries, looked up as files and lines.

use std::collections::BTreeMap;

use addr2line::Loader;
use ringscope_traces::calls::{self, Address, Call, Place};

/// Puts files and lines for the addresses in a trace's table of places.
///
/// What has no debug information is named by the function, or else by the file that it is in.
pub(crate) fn resolve(calls: &mut [Call]) {
    let mut loaders: BTreeMap<String, Option<Loader>> = BTreeMap::new();
    calls::resolve(calls, |address| {
        let module = &address.module;
        let loader =
            loaders.entry(module.clone()).or_insert_with(|| Loader::new(module).ok()).as_ref()?;
        place(loader, address)
    });
}

fn place(loader: &Loader, address: &Address) -> Option<Place> {
    // The call stands before the place to which it returns.
    let at = address.offset.checked_sub(1)?;
    let function = || loader.find_symbol(at).map(str::to_owned);
    let location = loader.find_location(at).ok().flatten();
    let line = location.as_ref().and_then(|found| found.line);
    let file = location.and_then(|found| found.file.map(str::to_owned));
    let file = file.unwrap_or_else(|| address.module.clone());
    Some(Place {
        rank: None,
        place: address.place,
        file,
        line,
        function: function(),
        elements: Vec::new(),
    })
}
