//! What a command node says and hears, in a line each.

use ringscope_sim::answers::{AnswersJudgement, judge};
use ringscope_sim::protocols::ProtocolId;
use ringscope_traces::{
    Ending, Event, Footer, Header, Op, Payload, Rank, Source, Tag, TimeKind, Trace,
};

/// How many ranks talk; the last one is the command node.
const RANKS: u32 = 8;

/// The trace of a program of another dialect: in each line whose event it is, if not the command
/// node's; what it does; the other rank; the tag or its name; the payload.
pub(crate) fn talk(lines: &str, ending: Option<Ending>) -> Trace {
    let mut numbers = [0; RANKS as usize];
    let mut event = |line: &str| {
        let (rank, said) = match line.split_once(": ") {
            Some((rank, said)) => (rank.parse().expect("a rank"), said),
            None => (RANKS - 1, line),
        };
        let mut words = said.splitn(4, ' ');
        let mut word = || words.next().expect("a line has four words");
        let op = if word() == "send" { Op::Send } else { Op::Recv };
        let (peer, tag) = (Rank(word().parse().expect("a rank")), tag(word()));
        let data: Payload = serde_json::from_str(word()).expect("JSON");
        let n = numbers[rank as usize];
        numbers[rank as usize] += 1;
        Event { rank: Rank(rank), n, op, peer, tag, data, t: 0, clock: n + 1, more: None }
    };
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    let events: Vec<Event> = lines.map(&mut event).collect();
    let header = Header {
        source: Source::Recorded,
        protocol: "somebody's own".into(),
        ranks: RANKS,
        seed: None,
        time: TimeKind::Wall,
        more: Vec::new(),
    };
    let footer = ending.map(|ending| Footer { ending, events: events.len() as u64 });
    Trace { header, events, calls: Vec::new(), footer }
}

fn tag(word: &str) -> Tag {
    let tags = ProtocolId::default().info().tags;
    let named = tags.iter().find(|info| info.name == word).map(|info| info.tag);
    named.unwrap_or_else(|| Tag(word.parse().expect("a tag is a name or a number")))
}

/// What is wrong with a trace's answers, in words.
pub(crate) fn found(trace: &Trace) -> Vec<String> {
    words(&judge(trace).expect("it can be judged"))
}

/// The findings of a judgement in words.
pub(crate) fn words(judgement: &AnswersJudgement) -> Vec<String> {
    judgement.findings.iter().map(ToString::to_string).collect()
}
