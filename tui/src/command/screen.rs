//! What the commands that draw have in common: how things look, and how large.

use std::env;
use std::io::Write as _;
use std::path::Path;

use clap::ValueEnum;
use ratatui_core::layout::Size;
use ringscope_screen::app::App;
use ringscope_screen::app::diff::{Candidate, Diff};
use ringscope_screen::config::Config;
use ringscope_screen::failure::Failure;
use ringscope_screen::session::Session;
use ringscope_screen::view::Look;
use ringscope_screen::view::symbols::Symbols;
use ringscope_screen::view::theme::{ColorSettings, Palette, Theme};
use ringscope_traces::text::Plain;

use crate::flags::size;
use crate::output::{ColorWhen, Out};
use crate::progress;
use crate::recent;
use crate::report::lanes;
use crate::terminal::{self, Setup};

/// How things look, by the configuration and by the flags of every command.
#[derive(Debug)]
pub(crate) struct Looks {
    /// The configuration.
    pub config: Config,
    /// When to use colours, or how many.
    pub color: ColorWhen,
    /// What the command line says of it, word by word as a shell reads them.
    pub flags: Vec<String>,
}

impl Looks {
    /// How the screen is set up when no flags of a command say it.
    pub(crate) fn setup(&self) -> Setup {
        ScreenFlags::default().setup(&self.config, self.color)
    }
}

/// How the screen is set up, as far as it is said on the command line.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct ScreenFlags {
    /// Use at most this much of the terminal
    #[arg(long, value_name = "WxH", value_parser = size, help_heading = "Output")]
    size: Option<Size>,

    /// Do not capture the mouse
    #[arg(long, help_heading = "Output")]
    no_mouse: bool,

    #[command(flatten)]
    look: LookFlags,
}

impl ScreenFlags {
    /// How it is set up, by the configuration where the command line says nothing.
    pub(crate) fn setup(&self, config: &Config, color: ColorWhen) -> Setup {
        Setup {
            look: self.look.look(config, color),
            theme: config.theme,
            has_mouse: config.has_mouse && !self.no_mouse,
            size: self.size.map(|size| (size.width, size.height)),
        }
    }

    /// The marks of lines of events.
    pub(crate) fn marks(&self, config: &Config) -> lanes::LaneSymbols {
        self.look.marks(config)
    }
}

/// How things look, as far as it is said on the command line.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct LookFlags {
    /// The characters to draw with
    #[arg(long, value_name = "SET", value_enum, help_heading = "Output")]
    symbols: Option<SymbolSet>,

    /// Show no animations
    #[arg(long, help_heading = "Output")]
    reduce_motion: bool,
}

/// What things are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SymbolSet {
    /// Unicode lines and marks, curves of Braille dots
    #[value(alias = "unicode")]
    Braille,
    /// The same, but curves of half blocks
    HalfBlocks,
    /// ASCII only
    Ascii,
}

impl LookFlags {
    /// How things look: as the command line says, then as the configuration does, then as the terminal
    /// can.
    pub(crate) fn look(&self, config: &Config, color: ColorWhen) -> Look {
        let symbols = match self.symbols {
            Some(SymbolSet::Braille) => Symbols::Braille,
            Some(SymbolSet::HalfBlocks) => Symbols::HalfBlocks,
            Some(SymbolSet::Ascii) => Symbols::Ascii,
            None => config.symbols,
        };
        Look { theme: theme(config, color), symbols, reduce_motion: self.reduces(config) }
    }

    fn reduces(&self, config: &Config) -> bool {
        self.reduce_motion || config.reduces_motion
    }

    /// The marks of lines of events.
    pub(crate) fn marks(&self, config: &Config) -> lanes::LaneSymbols {
        let is_ascii = match self.symbols {
            Some(symbols) => symbols == SymbolSet::Ascii,
            None => config.symbols == Symbols::Ascii,
        };
        if is_ascii { lanes::LaneSymbols::Ascii } else { lanes::LaneSymbols::Unicode }
    }
}

/// A run beside another one, a scenario or a trace, at that row, from 1.
pub(crate) fn beside(app: &App, other: &Path, row: Option<usize>) -> Result<Diff, Failure> {
    let mut diff = Diff::open(Candidate::of(app), other)?;
    diff.awaited = row.map(|row| row.saturating_sub(1));
    Ok(diff)
}

/// The colours of the screen, as far as they are known without a terminal.
pub(crate) fn theme(config: &Config, color: ColorWhen) -> Theme {
    let of = |name| env::var(name).ok();
    let (no_color, colorterm, term) = (of("NO_COLOR"), of("COLORTERM"), of("TERM"));
    let palette = Palette::choose(ColorSettings {
        flag: palette(color),
        // Who asks for colours in any case has them.
        no_color: no_color.as_deref().filter(|_| color.is_coloured().is_none()),
        config: config.palette,
        colorterm: colorterm.as_deref(),
        term: term.as_deref(),
    });
    Theme::new(palette).with(config.theme.scheme(None))
}

/// The colours of the screen, as far as they are said.
fn palette(color: ColorWhen) -> Option<Palette> {
    match color {
        ColorWhen::Auto | ColorWhen::Always => None,
        ColorWhen::Never => Some(Palette::Off),
        ColorWhen::Eight => Some(Palette::Eight),
        ColorWhen::Sixteen => Some(Palette::Sixteen),
        ColorWhen::TwoHundred => Some(Palette::TwoHundred),
        ColorWhen::Rgb => Some(Palette::Rgb),
    }
}

/// Shows a session until it is left, and keeps what there is to remember of it. The command line that it gave last is
/// printed then: not every terminal has a clipboard for programs.
pub(crate) fn show(session: &mut Session, setup: Setup, out: &mut Out) -> Result<(), Failure> {
    terminal::show(session, setup, &mut |session| {
        session.take_opened().iter().for_each(|word| recent::remember(word));
        let (progress, learnt) = session.take_learnt();
        learnt.iter().for_each(|lesson| progress::keep(progress, lesson));
    })?;
    if let Some(line) = session.given_line() {
        writeln!(out, "{}", Plain(line))?;
    }
    Ok(())
}
