//! What can be asked of a run in every order of its receipts.

use ringscope_sim::explore::{Discovery, ExploreSettings, Explored, explore};
use ringscope_sim::protocol::Protocol;
use ringscope_sim::protocols::Visitor;
use ringscope_sim::scenario::Scenario;

use super::facts::{FactContext, Value};

/// The most states of a run that is asked about: a lesson is read at once.
const MOST_STATES: u64 = 100_000;

/// In how many ways the run can end.
pub(super) fn endings(scene: &FactContext<'_>) -> Result<Value, String> {
    Ok(Value::count(explored(scene)?.discoveries.len()))
}

/// In how many of these ways it does not end as it should.
pub(super) fn failures(scene: &FactContext<'_>) -> Result<Value, String> {
    Ok(Value::count(explored(scene)?.failures().count()))
}

/// How many states all orders lead through.
pub(super) fn states(scene: &FactContext<'_>) -> Result<Value, String> {
    Ok(Value::Number(i64::try_from(explored(scene)?.progress.states).unwrap_or(i64::MAX)))
}

/// What the failure is that takes fewest receipts.
pub(super) fn shortest_failure(scene: &FactContext<'_>) -> Result<Value, String> {
    let explored = explored(scene)?;
    Ok(Value::words(shortest(&explored).map_or("none", |failure| failure.kind.name())))
}

/// How many receipts it takes.
pub(super) fn receipts_to_it(scene: &FactContext<'_>) -> Result<Value, String> {
    let explored = explored(scene)?;
    let failure = shortest(&explored).ok_or("it fails in no order")?;
    Ok(Value::count(failure.way.len()))
}

fn shortest(explored: &Explored) -> Option<&Discovery> {
    explored.failures().min_by_key(|failure| failure.way.len())
}

fn explored(scene: &FactContext<'_>) -> Result<Explored, String> {
    let scenario = scene.timeline.scenario();
    let scenario = scenario.ok_or("a recorded run has one order: that in which it was recorded")?;
    let explored = scenario.settings.protocol.dispatch(EveryOrder { scenario });
    match explored.is_exhausted() {
        true => Ok(explored),
        false => Err(format!("its orders lead through more than {MOST_STATES} states")),
    }
}

struct EveryOrder<'a> {
    scenario: &'a Scenario,
}

impl Visitor for EveryOrder<'_> {
    type Output = Explored;

    fn visit<P: Protocol>(self) -> Explored {
        let settings = ExploreSettings { states: MOST_STATES, ..ExploreSettings::default() };
        explore::<P>(self.scenario, settings, &mut |_| true)
    }
}
