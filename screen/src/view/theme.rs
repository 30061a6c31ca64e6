//! Colours, named for what they mean.

use ratatui_core::style::{Color, Modifier, Style};
use ringscope_sim::protocol::arithmetic::Member;

/// How many colours there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Palette {
    /// None: no cell carries a colour, whatever else it carries.
    Off,
    /// The 8 of the first terminals with colours.
    Eight,
    /// The 16 whose looks the terminal decides.
    #[default]
    Sixteen,
    /// The 256 of xterm.
    TwoHundred,
    /// Any.
    Rgb,
}

impl Palette {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Palette; 5] =
        [Palette::Off, Palette::Eight, Palette::Sixteen, Palette::TwoHundred, Palette::Rgb];

    /// Its name on the command line and in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Palette::Off => "off",
            Palette::Eight => "8",
            Palette::Sixteen => "16",
            Palette::TwoHundred => "256",
            Palette::Rgb => "rgb",
        }
    }

    /// The palette of that name.
    pub fn named(name: &str) -> Option<Palette> {
        Palette::ALL.into_iter().find(|palette| palette.name() == name)
    }

    /// The palette to use: what the command line says, then `NO_COLOR`, then the configuration, then
    /// what the terminal says of itself.
    pub fn choose(said: ColorSettings<'_>) -> Palette {
        if let Some(palette) = said.flag {
            return palette;
        }
        // <https://no-color.org>: present and not empty.
        if said.no_color.is_some_and(|value| !value.is_empty()) {
            return Palette::Off;
        }
        said.config.unwrap_or_else(|| Palette::of_terminal(said.colorterm, said.term))
    }

    fn of_terminal(colorterm: Option<&str>, term: Option<&str>) -> Palette {
        if matches!(colorterm, Some("truecolor" | "24bit")) {
            return Palette::Rgb;
        }
        match term.unwrap_or_default() {
            "dumb" => Palette::Off,
            term if term.starts_with("vt") => Palette::Off,
            term if term.ends_with("-direct") => Palette::Rgb,
            term if term.contains("256color") => Palette::TwoHundred,
            "linux" | "ansi" | "cygwin" => Palette::Eight,
            _ => Palette::Sixteen,
        }
    }

    /// The owners' colours: the set of Okabe and Ito, or what the palette has nearest to it.
    ///
    /// Black is left out, since most terminals have it behind the text. Source of the set: M. Okabe and
    /// K. Ito, "Color Universal Design", 2008, <https://jfly.uni-koeln.de/color/>.
    fn owners(self) -> &'static [Color] {
        match self {
            Palette::Off => &[Color::Reset; 7],
            Palette::Eight => {
                &[Color::Yellow, Color::Cyan, Color::Red, Color::Blue, Color::Green, Color::Magenta]
            }
            Palette::Sixteen => &[
                Color::LightYellow,
                Color::LightBlue,
                Color::Red,
                Color::LightCyan,
                Color::LightMagenta,
                Color::Green,
            ],
            Palette::TwoHundred => &[
                Color::Indexed(214),
                Color::Indexed(74),
                Color::Indexed(227),
                Color::Indexed(36),
                Color::Indexed(166),
                Color::Indexed(175),
                Color::Indexed(25),
            ],
            Palette::Rgb => &[
                Color::Rgb(0xe6, 0x9f, 0x00),
                Color::Rgb(0x56, 0xb4, 0xe9),
                Color::Rgb(0xf0, 0xe4, 0x42),
                Color::Rgb(0x00, 0x9e, 0x73),
                Color::Rgb(0xd5, 0x5e, 0x00),
                Color::Rgb(0xcc, 0x79, 0xa7),
                Color::Rgb(0x00, 0x72, 0xb2),
            ],
        }
    }

    /// The pairs of owners' colours that somebody sees as nearly the same, so that no neighbours get
    /// them: nearer than 20 in CIE Lab, in normal vision or without one kind of cones.
    fn too_near(self) -> &'static [(usize, usize)] {
        match self {
            Palette::Off => &[],
            Palette::Eight => &[(0, 4), (1, 4)],
            Palette::Sixteen => &[(1, 4)],
            Palette::TwoHundred => &[(0, 5), (1, 3), (1, 5), (3, 5)],
            Palette::Rgb => &[(0, 2), (0, 4), (0, 5), (1, 3), (3, 5), (3, 6)],
        }
    }
}

/// What is said about colours, and by whom.
#[derive(Debug, Clone, Copy, Default)]
pub struct ColorSettings<'a> {
    /// The option `--color`.
    pub flag: Option<Palette>,
    /// The variable `NO_COLOR`.
    pub no_color: Option<&'a str>,
    /// The configuration.
    pub config: Option<Palette>,
    /// The variable `COLORTERM`.
    pub colorterm: Option<&'a str>,
    /// The variable `TERM`.
    pub term: Option<&'a str>,
}

/// The colours of one palette, by what they mean.
///
/// A meaning is never in the colour alone: where there are none, bold, reverse and dim remain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Theme {
    palette: Palette,
}

/// An owner's colour: its place in the palette's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Owner(usize);

impl Theme {
    /// The colours of a palette.
    pub fn new(palette: Palette) -> Theme {
        Theme { palette }
    }

    /// Colours for the nodes of a ring, in its order: each rank its own as far as that goes, and none
    /// that its neighbours' could be taken for.
    pub fn owners(&self, members: &[Member]) -> Vec<Owner> {
        let mut owners: Vec<Owner> = Vec::with_capacity(members.len());
        for (place, member) in members.iter().enumerate() {
            let before = place.checked_sub(1).map(|before| owners[before]);
            let left = members.len() - place;
            let first = owners.first().copied().filter(|_| left <= 2);
            let wanted = member.rank.index();
            owners.push(match (left, first) {
                (1, first) => self.owner_where(wanted, before, |owner| self.is_free(owner, first)),
                // The last one has to find a colour between this one and the first.
                (_, Some(first)) => self.owner_where(wanted, before, |owner| {
                    self.all()
                        .any(|last| self.is_free(last, Some(owner)) && self.are_apart(last, first))
                }),
                (_, None) => self.owner_where(wanted, before, |_| true),
            });
        }
        owners
    }

    fn all(&self) -> impl Iterator<Item = Owner> + Clone + use<> {
        (0..self.palette.owners().len()).map(Owner)
    }

    fn is_free(&self, owner: Owner, neighbour: Option<Owner>) -> bool {
        neighbour.is_none_or(|neighbour| self.are_apart(owner, neighbour))
    }

    /// The wanted colour, or the next one after it that the neighbour's cannot be taken for and that
    /// suits; whatever suits, the neighbour comes first.
    fn owner_where(
        &self,
        wanted: usize,
        before: Option<Owner>,
        suits: impl Fn(Owner) -> bool,
    ) -> Owner {
        let count = self.palette.owners().len();
        let from_wanted = self.all().cycle().skip(wanted % count).take(count);
        let mut free = from_wanted.filter(|owner| self.is_free(*owner, before)).peekable();
        let fallback = free.peek().copied().unwrap_or_default();
        free.find(|owner| suits(*owner)).unwrap_or(fallback)
    }

    /// Whether everybody can tell two owners apart by their colours.
    pub fn are_apart(&self, one: Owner, other: Owner) -> bool {
        let pair = (one.0.min(other.0), one.0.max(other.0));
        pair.0 != pair.1 && !self.palette.too_near().contains(&pair)
    }

    /// What an owner has.
    pub fn owner(&self, owner: Owner) -> Style {
        self.ink(self.palette.owners()[owner.0])
    }

    /// An owner's colour by its red, green and blue, for what is no terminal.
    ///
    /// # Panics
    ///
    /// When the palette is not the one with any colours.
    pub fn rgb_of(&self, owner: Owner) -> u32 {
        let Color::Rgb(red, green, blue) = self.palette.owners()[owner.0] else {
            panic!("the palette {} has no red, green and blue", self.palette.name());
        };
        u32::from_be_bytes([0, red, green, blue])
    }

    /// Keys and messages under way.
    pub fn moving(&self) -> Style {
        self.chosen([Color::White, Color::White, Color::Indexed(231), rgb(0xff_ff_ff)]).bold()
    }

    /// Other messages under way than the one that is looked at.
    pub fn passing(&self) -> Style {
        self.chosen([Color::White, Color::Gray, Color::Indexed(250), rgb(0xb8_bc_c4)])
    }

    /// What is selected, in a list or on the ring.
    pub fn selected(&self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// All is well.
    pub fn good(&self) -> Style {
        self.chosen([Color::Green, Color::LightGreen, Color::Indexed(78), rgb(0x3f_c3_8b)])
    }

    /// Something is wrong.
    pub fn bad(&self) -> Style {
        self.chosen([Color::Red, Color::LightRed, Color::Indexed(203), rgb(0xff_6b_5e)]).bold()
    }

    /// Something to look at.
    pub fn warning(&self) -> Style {
        self.chosen([Color::Yellow, Color::LightYellow, Color::Indexed(221), rgb(0xf2_c9_4c)])
    }

    /// What may be read over.
    pub fn faint(&self) -> Style {
        let grey = [Color::White, Color::DarkGray, Color::Indexed(243), rgb(0x7a_80_8c)];
        // Two palettes have no grey that can be read: there the terminal makes it dim.
        match self.palette {
            Palette::Off => Style::new().add_modifier(Modifier::DIM),
            Palette::Eight => self.chosen(grey).add_modifier(Modifier::DIM),
            Palette::Sixteen | Palette::TwoHundred | Palette::Rgb => self.chosen(grey),
        }
    }

    /// Plain text.
    pub fn text(&self) -> Style {
        Style::new()
    }

    /// What something is about.
    pub fn name(&self) -> Style {
        Style::new().bold()
    }

    /// The word before a value.
    pub fn label(&self) -> Style {
        self.chosen([Color::Cyan, Color::Cyan, Color::Indexed(110), rgb(0x8f_b0_d0)])
    }

    /// What this step changed.
    pub fn changed(&self) -> Style {
        self.warning().add_modifier(Modifier::UNDERLINED)
    }

    /// A key on the keyboard.
    pub fn key(&self) -> Style {
        self.label().bold()
    }

    /// The mode, at the top left.
    pub fn mode(&self) -> Style {
        self.selected()
    }

    /// The frame of a pane.
    pub fn frame(&self, has_focus: bool) -> Style {
        if has_focus { self.label().bold() } else { self.faint() }
    }

    /// How much a node holds, from 0 to 1, by brightness.
    pub(super) fn load(&self, part: f64) -> Style {
        const GREYS: u8 = 23;
        let share = part.clamp(0.0, 1.0);
        let step = u8::try_from(super::geometry::whole(share * f64::from(GREYS - 5))).unwrap_or(0);
        match self.palette {
            Palette::Off | Palette::Eight | Palette::Sixteen if share < 0.34 => self.faint(),
            Palette::Off | Palette::Eight | Palette::Sixteen if share < 0.67 => Style::new(),
            Palette::Off | Palette::Eight | Palette::Sixteen => Style::new().bold(),
            Palette::TwoHundred => self.ink(Color::Indexed(232 + 5 + step)),
            Palette::Rgb => {
                let grey = 72 + step * 10;
                self.ink(Color::Rgb(grey, grey, grey.saturating_add(6)))
            }
        }
    }

    /// One colour for each palette that has any.
    fn chosen(&self, [eight, sixteen, two_hundred, any]: [Color; 4]) -> Style {
        match self.palette {
            Palette::Off => Style::new(),
            Palette::Eight => self.ink(eight),
            Palette::Sixteen => self.ink(sixteen),
            Palette::TwoHundred => self.ink(two_hundred),
            Palette::Rgb => self.ink(any),
        }
    }

    /// The only place where a style gets a colour.
    fn ink(&self, color: Color) -> Style {
        match self.palette {
            Palette::Off => Style::new(),
            Palette::Eight | Palette::Sixteen | Palette::TwoHundred | Palette::Rgb => {
                Style::new().fg(color)
            }
        }
    }
}

fn rgb(value: u32) -> Color {
    let [_, red, green, blue] = value.to_be_bytes();
    Color::Rgb(red, green, blue)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vision;
