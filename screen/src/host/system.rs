//! The system as a host: its files, and a thread for each work.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use ringscope_traces::atomic_file::AtomicFile;
use ringscope_traces::indexed::Store;

use super::{Found, Host, NewFile, OpenFile, Work};
use crate::failure::Failure;

/// The system that the program runs on.
#[derive(Debug, Clone, Copy)]
pub struct System;

impl Host for System {
    fn has_threads(&self) -> bool {
        true
    }

    fn begin(&self, mut work: Box<dyn Work>) -> Option<Box<dyn Work>> {
        thread::spawn(move || {
            work.wait();
            while work.go_on() {
                work.wait();
            }
        });
        None
    }

    fn look_up(&self, path: &Path) -> Option<Found> {
        let found = fs::metadata(path).ok()?;
        Some(match found.is_dir() {
            true => Found::Folder,
            false if found.is_file() => Found::File { bytes: found.len() },
            false => Found::Other,
        })
    }

    fn open(&self, path: &Path) -> io::Result<OpenFile> {
        let file = File::open(path)?;
        let is_regular = file.metadata().is_ok_and(|found| found.is_file());
        Ok(match is_regular {
            true => OpenFile::Anywhere(Store::File(Arc::new(file))),
            false => OpenFile::InOrder(Box::new(file)),
        })
    }

    fn names_in(&self, folder: &Path, most: usize) -> Vec<String> {
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        let entries = entries.take(most.saturating_add(1)).filter_map(Result::ok);
        let files = entries.filter(|entry| entry.path().is_file());
        let mut names: Vec<String> =
            files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        if names.len() > most {
            names.clear();
        }
        names.sort();
        names
    }

    fn is_same(&self, one: &Path, other: &Path) -> bool {
        matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
    }

    fn create(&self, path: &Path) -> Result<Box<dyn NewFile>, Failure> {
        Ok(Box::new(AtomicFile::create(path)?))
    }
}

impl NewFile for AtomicFile {
    fn finish(self: Box<Self>) -> Result<(), Failure> {
        Ok(AtomicFile::finish(*self)?)
    }
}
