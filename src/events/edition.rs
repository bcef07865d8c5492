//! Whether the event's name means this event or another of its series.

use crate::events::hits::{Hit, Hits, Part};
use crate::events::rules::{Against, Rules};
use crate::model::event::ExclusionPlace;

/// Characters between a name and the city it is attached to, in scripts such as Chinese.
const NAME_REACH_CHARS: usize = 12;

/// The same in letters, of which a word has more.
const NAME_REACH_LETTERS: usize = 30;

/// Characters between neighbours in a list of cities: a separator is folded away, an "and" is not.
const NEIGHBOUR_REACH_CHARS: usize = 5;

/// Characters within which a list names its cities.
const LIST_REACH_CHARS: usize = 60;

/// Other editions' cities around the place from which on it is one of a list of hosts.
const LIST_CITIES_MIN: usize = 2;

/// The places of the host place, without those in a list of several editions' hosts: a later edition names them all.
pub fn own_places<'a>(rules: &Rules, hits: &'a Hits) -> Vec<&'a Hit> {
    hits.of_all(rules.places.clone()).filter(|place| !is_in_list_of_hosts(rules, hits, place)).collect()
}

/// The other edition that every one of the names is attached to, and its city.
///
/// A name is attached to a city within reach in the same sentence, unless the event's own place stands as near.
/// A headline that names another edition's city and not ours is enough: the text may call ours the one before.
pub fn other<'a>(rules: &'a Rules, hits: &Hits, names: &[&Hit], own: &[&Hit]) -> Option<(&'a Against, &'a str)> {
    let headline: Vec<&Hit> = names.iter().copied().filter(|name| name.part == Part::Title).collect();
    if !headline.is_empty() && !own.iter().any(|place| place.part == Part::Title) {
        let other = attached(rules, hits, &headline, own);
        if other.is_some() {
            return other;
        }
    }
    attached(rules, hits, names, own)
}

fn attached<'a>(rules: &'a Rules, hits: &Hits, names: &[&Hit], own: &[&Hit]) -> Option<(&'a Against, &'a str)> {
    let mut first = None;
    for name in names {
        let reach_chars = if rules.spellings[name.spelling].is_dense { NAME_REACH_CHARS } else { NAME_REACH_LETTERS };
        let nearest_own = own.iter().filter_map(|place| hits.distance(name, place, reach_chars)).min();
        let (distance, exclusion, city) = exclusions(rules)
            .flat_map(|exclusion| hits.of_all(exclusion.terms.clone()).map(move |city| (exclusion, city)))
            .filter_map(|(exclusion, city)| Some((hits.distance(name, city, reach_chars)?, exclusion, city)))
            .min_by_key(|(distance, ..)| *distance)?;
        if nearest_own.is_some_and(|own| own <= distance) {
            return None;
        }
        first.get_or_insert((exclusion, rules.spellings[city.spelling].written.as_str()));
    }
    first
}

fn exclusions(rules: &Rules) -> impl Iterator<Item = &Against> {
    rules.exclusions.iter().filter(|exclusion| exclusion.place == ExclusionPlace::Name)
}

fn is_in_list_of_hosts(rules: &Rules, hits: &Hits, place: &Hit) -> bool {
    let mut cities = 0;
    let mut has_neighbour = false;
    for term in exclusions(rules).flat_map(|exclusion| exclusion.terms.clone()) {
        let nearest = hits.of(term).iter().filter_map(|city| hits.distance(place, city, LIST_REACH_CHARS)).min();
        cities += usize::from(nearest.is_some());
        has_neighbour |= nearest.is_some_and(|distance| distance <= NEIGHBOUR_REACH_CHARS);
    }
    cities >= LIST_CITIES_MIN && has_neighbour
}
