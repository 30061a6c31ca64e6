//! Where a lesson lies, and what lies beside it.

use std::fmt::Debug;
use std::path::{Component, Path};
use std::sync::Arc;

use super::builtin::BuiltIn;

/// A lesson's text, and where what it names is found.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// What messages call it: a built-in lesson's file name, or the path of a file.
    pub name: String,
    /// By what its progress is known.
    pub key: String,
    /// The lesson.
    pub text: String,
    beside: Beside,
}

/// What lies beside a lesson.
#[derive(Debug, Clone)]
enum Beside {
    BuiltIn(&'static BuiltIn),
    Files(Arc<dyn FilesBeside>),
    Nothing,
}

/// The files that lie beside a lesson which does not come with the program.
pub trait FilesBeside: Debug + Send + Sync {
    /// The bytes of the file of that name, which is a name and no path.
    ///
    /// # Errors
    ///
    /// Why they cannot be had, to be said after the name.
    fn read(&self, name: &str) -> Result<Arc<[u8]>, String>;
}

impl Shelf {
    /// A lesson that comes with the program.
    pub fn built_in(one: &'static BuiltIn) -> Shelf {
        Shelf {
            name: format!("{}.md", one.name),
            key: one.name.to_owned(),
            text: one.text.to_owned(),
            beside: Beside::BuiltIn(one),
        }
    }

    /// By what it is called when it was found good.
    pub fn shown(&self) -> &str {
        match self.beside {
            Beside::BuiltIn(one) => one.name,
            Beside::Files(_) | Beside::Nothing => &self.name,
        }
    }

    /// A text with nothing beside it, whose progress is known by its name.
    pub fn alone(name: &str, text: &str) -> Shelf {
        let (name, text) = (name.to_owned(), text.to_owned());
        Shelf { key: name.clone(), name, text, beside: Beside::Nothing }
    }

    /// The same with files beside it, and the key by which its progress is known.
    pub fn among(self, files: Arc<dyn FilesBeside>, key: String) -> Shelf {
        Shelf { key, beside: Beside::Files(files), ..self }
    }

    /// The bytes of a file beside the lesson; none of another folder's.
    pub(super) fn read(&self, name: &str) -> Result<Arc<[u8]>, String> {
        if !is_plain_name(name) {
            return Err("is no name of a file beside the lesson".to_owned());
        }
        match &self.beside {
            Beside::BuiltIn(one) => {
                let found = one.files.iter().find(|(known, _)| *known == name);
                found.map(|(_, bytes)| (*bytes).into()).ok_or_else(|| NO_SUCH.to_owned())
            }
            Beside::Files(files) => files.read(name),
            Beside::Nothing => Err(NO_SUCH.to_owned()),
        }
    }
}

const NO_SUCH: &str = "no such file";

/// Whether that is a name of a file, and leads nowhere else.
fn is_plain_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
}
