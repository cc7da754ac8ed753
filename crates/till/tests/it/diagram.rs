//! The state diagram in ARCHITECTURE.md is drawn from the transition table, and nobody has touched it since.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use till::entry::Kind;
use till::payment::Phase;
use till::payment::table::next;

const BEGIN: &str = "<!-- state diagram: drawn by `KEYTILL_DRAW=1 cargo test -p till diagram` -->\n";
const END: &str = "<!-- end of state diagram -->\n";

/// Facts with the same way between two phases share an arrow.
fn drawn() -> String {
    let mut arrows = BTreeMap::<(usize, usize), Vec<&str>>::new();
    for (row, from) in Phase::ALL.into_iter().enumerate() {
        for kind in Kind::ALL {
            let to = next(from, kind).filter(|to| *to != from);
            let column = to.and_then(|to| Phase::ALL.iter().position(|phase| *phase == to));
            if let Some(column) = column {
                arrows.entry((row, column)).or_default().push(kind.name());
            }
        }
    }
    let mut text = "```mermaid\nstateDiagram-v2\n    [*] --> Frozen: saleFrozen\n".to_owned();
    for ((from, to), kinds) in arrows {
        let (from, to) = (Phase::ALL[from], Phase::ALL[to]);
        writeln!(text, "    {from:?} --> {to:?}: {}", kinds.join(", ")).unwrap();
    }
    text + "    Paid --> [*]\n    Void --> [*]\n```\n"
}

#[test]
fn the_state_diagram_shows_the_transition_table_as_it_is() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ARCHITECTURE.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the page has a place for the diagram");
    let (shown, after) = rest.split_once(END).expect("the diagram has an end");
    let drawn = drawn();
    if std::env::var_os("KEYTILL_DRAW").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{drawn}{END}{after}")).unwrap();
    } else {
        assert!(shown == drawn, "the table has changed: draw it again with KEYTILL_DRAW=1");
    }
}
