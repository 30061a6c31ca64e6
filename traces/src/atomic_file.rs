//! A file that appears under its name when it is whole, and not before.

use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

use crate::text::Plain;

/// The longest beginning of a file's name that the name of its temporary file repeats, in bytes: with
/// what comes behind it that is a name for every file system.
const LONGEST_BEGINNING_BYTES: usize = 100;

/// How the name of a temporary file ends.
const SUFFIX: &str = ".part";

/// What a new file may be, before the process's umask takes its part away.
const MODE_OF_NEW: u32 = 0o666;

/// The permission bits that a replaced file hands on; the others (set-user-ID and the like) were given to
/// what it held.
const MODE_BITS: u32 = 0o777;

/// A file on its way.
///
/// It grows beside its target as `NAME.RANDOM.part`, a file made for it alone, and is renamed when it is
/// whole: whoever looks at `NAME` finds all of it or what was there before. Dropped before
/// [`AtomicFile::finish`] it leaves nothing; a process that is killed leaves the temporary file, in which is
/// what was written until then. Of two that write to one target the last to finish stays, whole.
///
/// The target keeps its permissions, its owner and its group, where we may give them; a link stays a link.
/// As with `mv`, another hard link to the target keeps the old content. What is no regular file, such as a
/// pipe, is written directly.
///
/// ```
/// use std::io::Write as _;
///
/// use ringscope_traces::atomic_file::AtomicFile;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("run.jsonl");
/// let mut file = AtomicFile::create(&path)?;
/// file.write_all(b"{}\n")?;
/// assert!(!path.exists());
/// file.finish()?;
/// assert_eq!(std::fs::read(&path)?, b"{}\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    destination: Destination,
}

#[derive(Debug)]
enum Destination {
    Direct(File),
    Temporary {
        file: NamedTempFile,
        /// Where it is put, without a link in its last part.
        target: PathBuf,
        /// The same as the file's path, as long as it is there.
        begun: Begun,
    },
}

/// Why a file cannot be written.
#[derive(Debug)]
pub struct AtomicFileError {
    path: PathBuf,
    what: What,
}

#[derive(Debug)]
enum What {
    IsFolder,
    NoFolder(PathBuf),
    Dangling,
    ReadOnly,
    NotOurs { owner: u32, group: u32 },
    Io(io::Error),
}

impl AtomicFile {
    /// Opens the file for writing.
    ///
    /// # Errors
    ///
    /// When it could not be written, as far as that can be known: the reason to ask before a long run. A
    /// target that we may not write is refused, although it could be replaced, and so is one whose owner
    /// or group we cannot give to what replaces it.
    pub fn create(path: &Path) -> Result<AtomicFile, AtomicFileError> {
        let destination = Destination::open(path);
        let destination =
            destination.map_err(|what| AtomicFileError { path: path.to_owned(), what })?;
        Ok(AtomicFile { path: path.to_owned(), destination })
    }

    /// Puts the file, which is whole now, in its place.
    ///
    /// # Errors
    ///
    /// When that cannot be done: then what was there is still there.
    pub fn finish(self) -> Result<(), AtomicFileError> {
        let AtomicFile { path, destination } = self;
        let finished = match destination {
            Destination::Direct(mut file) => file.flush(),
            Destination::Temporary { file, target, begun } => {
                let put = file.persist(&target).map(drop).map_err(|error| error.error);
                drop(begun);
                put
            }
        };
        finished.map_err(|error| AtomicFileError { path, what: What::Io(error) })
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.destination {
            Destination::Direct(file) => file.write(bytes),
            Destination::Temporary { file, .. } => file.as_file_mut().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.destination {
            Destination::Direct(file) => file.flush(),
            Destination::Temporary { file, .. } => file.as_file_mut().flush(),
        }
    }
}

impl Destination {
    fn open(path: &Path) -> Result<Destination, What> {
        if path.is_dir() || path.to_string_lossy().ends_with(std::path::is_separator) {
            return Err(What::IsFolder);
        }
        let folder = folder_of(path);
        if !folder.is_dir() {
            return Err(What::NoFolder(folder.to_owned()));
        }
        match fs::metadata(path) {
            Ok(found) if !found.is_file() => {
                let file = OpenOptions::new().write(true).open(path).map_err(What::Io)?;
                Ok(Destination::Direct(file))
            }
            // A link stays what it is: the file that it leads to is the one that is replaced.
            Ok(found) => {
                may_write(path, &found)?;
                Destination::beside(fs::canonicalize(path).map_err(What::Io)?, Some(&found))
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(What::Io(error)),
            // As with `cp`: made through a link, the file would be where nobody has looked.
            Err(_) if path.is_symlink() => Err(What::Dangling),
            Err(_) => {
                let folder = fs::canonicalize(folder).map_err(What::Io)?;
                let name = path.file_name().ok_or(What::IsFolder)?;
                Destination::beside(folder.join(name), None)
            }
        }
    }

    fn beside(target: PathBuf, replaced: Option<&Metadata>) -> Result<Destination, What> {
        let mode = replaced.map_or(MODE_OF_NEW, |replaced| replaced.mode() & MODE_BITS);
        let begun = begun();
        let file = tempfile::Builder::new()
            .prefix(&beginning_of(&target))
            .suffix(SUFFIX)
            // At no time may more people read it than the file that it replaces.
            .permissions(Permissions::from_mode(mode))
            .tempfile_in(folder_of(&target));
        let file = file.map_err(What::Io)?;
        let begun = Begun::remember(begun, file.path());
        if let Some(replaced) = replaced {
            become_like(file.as_file(), replaced)?;
        }
        Ok(Destination::Temporary { file, target, begun })
    }
}

/// A folder's path for a file that stands in it without one: `t` is in `.`.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The beginning of a temporary file's name: that of its target, and a dot.
fn beginning_of(target: &Path) -> OsString {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let mut beginning = name[..name.floor_char_boundary(LONGEST_BEGINNING_BYTES)].to_owned();
    beginning.push('.');
    beginning.into()
}

/// Refuses a file that we are not to write, although its folder would let us replace it.
fn may_write(path: &Path, found: &Metadata) -> Result<(), What> {
    const ANYBODY_WRITES: u32 = 0o222;
    // The system lets root write such a file, but whoever made it so did not want it written.
    if found.mode() & ANYBODY_WRITES == 0 {
        return Err(What::ReadOnly);
    }
    match OpenOptions::new().write(true).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(What::ReadOnly),
        Err(error) => Err(What::Io(error)),
    }
}

/// Gives a new file the owner, group and permissions of the one that it is to replace.
fn become_like(file: &File, replaced: &Metadata) -> Result<(), What> {
    let made = file.metadata().map_err(What::Io)?;
    let (owner, group) = (replaced.uid(), replaced.gid());
    if (made.uid(), made.gid()) != (owner, group) {
        fchown(file, Some(owner), Some(group)).map_err(|_| What::NotOurs { owner, group })?;
    }
    let mode = replaced.mode() & MODE_BITS;
    // The umask has taken bits away. Some file systems know one mode only, and refuse to be asked.
    if made.mode() & MODE_BITS != mode {
        file.set_permissions(Permissions::from_mode(mode)).map_err(What::Io)?;
    }
    Ok(())
}

/// The temporary files of this process.
static BEGUN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn begun() -> MutexGuard<'static, Vec<PathBuf>> {
    BEGUN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary file's entry in the list of them, as long as it lives.
#[derive(Debug)]
struct Begun(PathBuf);

impl Begun {
    fn remember(mut begun: MutexGuard<'_, Vec<PathBuf>>, path: &Path) -> Begun {
        begun.push(path.to_owned());
        Begun(path.to_owned())
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        begun().retain(|path| *path != self.0);
    }
}

/// Removes every file that was begun and is not finished, and lets nobody begin another one as long as
/// what it returns lives: for a process that is about to be ended by a signal.
#[must_use]
pub fn remove_unfinished() -> impl Drop {
    let begun = begun();
    for path in &*begun {
        // There is nobody left to hear that it stays.
        let _ = fs::remove_file(path);
    }
    begun
}

impl AtomicFileError {
    /// That writing to a file failed.
    #[must_use]
    pub fn write(path: &Path, error: io::Error) -> AtomicFileError {
        AtomicFileError { path: path.to_owned(), what: What::Io(error) }
    }

    /// The file, as it was named.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the reader of the message might do, where there is something.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match &self.what {
            What::IsFolder => Some("name a file in it"),
            What::NoFolder(_) => Some("make it first"),
            What::Dangling => Some("name the file itself, or remove the link"),
            What::ReadOnly => Some("name another file, or allow writing with `chmod u+w`"),
            What::NotOurs { .. } => Some("name another file, or remove this one first"),
            What::Io(_) => None,
        }
    }
}

/// What is wrong, without the file's name.
impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::IsFolder => f.write_str("is a directory"),
            What::NoFolder(folder) => {
                write!(f, "there is no folder {}", Plain(&folder.to_string_lossy()))
            }
            What::Dangling => f.write_str("is a link to a file that is not there"),
            What::ReadOnly => f.write_str("is read-only"),
            What::NotOurs { owner, group } => {
                write!(
                    f,
                    "belongs to user {owner} and group {group}, to whom we cannot give a file"
                )
            }
            What::Io(error) => write!(f, "cannot be written: {error}"),
        }
    }
}

impl fmt::Display for AtomicFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", Plain(&self.path.to_string_lossy()), self.what)
    }
}

impl Error for AtomicFileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.what {
            What::Io(error) => Some(error),
            What::IsFolder
            | What::NoFolder(_)
            | What::Dangling
            | What::ReadOnly
            | What::NotOurs { .. } => None,
        }
    }
}
