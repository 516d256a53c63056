//! A rule tree taken apart and put together: each step of an editor is a function from a tree to the tree after it, with the
//! conditions' ids kept. A node is named by its [`Path`].
//!
//! One more step: a function here that gives the whole new tree, `None` where it cannot be taken.

use std::fmt;
use std::str::FromStr;

use crate::definitions::RuleNode;

/// The way to a node: its place in the list of each group from the root on. The inner node of a `not` has place 0. Written
/// `root`, `0`, `0-2`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<usize>);

impl Path {
    /// The root.
    pub fn root() -> Self {
        Self::default()
    }

    /// The way to a node below this one.
    #[must_use]
    pub fn below(&self, place: usize) -> Self {
        let mut path = self.clone();
        path.0.push(place);
        path
    }

    /// Whether it is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    fn parted(&self) -> Option<(Self, usize)> {
        let (last, rest) = self.0.split_last()?;
        Some((Self(rest.to_vec()), *last))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return f.write_str("root");
        }
        for (at, place) in self.0.iter().enumerate() {
            write!(f, "{}{place}", if at == 0 { "" } else { "-" })?;
        }
        Ok(())
    }
}

/// A text that is no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no path of a rule tree")]
pub struct NoPath;

impl FromStr for Path {
    type Err = NoPath;

    fn from_str(text: &str) -> Result<Self, NoPath> {
        if text == "root" {
            return Ok(Self::root());
        }
        let place = |part: &str| {
            let is_plain = !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
            part.parse().ok().filter(|_| is_plain)
        };
        text.split('-').map(place).collect::<Option<Vec<usize>>>().map(Self).ok_or(NoPath)
    }
}

/// How the nodes of a group are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// All must hold.
    All,
    /// At least one must hold.
    Any,
    /// None of them holds: `not` of the one, `not any` of several.
    Not,
}

impl Join {
    /// The words of forms.
    pub const ALL: [Self; 3] = [Self::All, Self::Any, Self::Not];

    /// The word of forms and packs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
            Self::Not => "not",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|join| join.code() == text)
    }

    /// A group of nodes.
    pub fn of(self, mut nodes: Vec<RuleNode>) -> RuleNode {
        match self {
            Self::All => RuleNode::All(nodes),
            Self::Any => RuleNode::Any(nodes),
            Self::Not => match nodes.pop() {
                Some(one) if nodes.is_empty() => RuleNode::Not(Box::new(one)),
                last => RuleNode::Not(Box::new(RuleNode::Any(nodes.into_iter().chain(last).collect()))),
            },
        }
    }
}

/// Which way a node moves in the order in which the rule is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Towards the start.
    Up,
    /// Towards the end.
    Down,
}

/// The nodes that stand directly below one.
pub fn parts(node: &RuleNode) -> &[RuleNode] {
    match node {
        RuleNode::All(nodes) | RuleNode::Any(nodes) => nodes,
        RuleNode::Not(inner) => std::slice::from_ref(inner),
        RuleNode::Leaf(_) => &[],
    }
}

/// The node at a path.
pub fn find<'t>(tree: &'t RuleNode, path: &Path) -> Option<&'t RuleNode> {
    path.0.iter().try_fold(tree, |node, place| parts(node).get(*place))
}

fn find_mut<'t>(tree: &'t mut RuleNode, path: &Path) -> Option<&'t mut RuleNode> {
    path.0.iter().try_fold(tree, |node, place| match node {
        RuleNode::All(nodes) | RuleNode::Any(nodes) => nodes.get_mut(*place),
        RuleNode::Not(inner) if *place == 0 => Some(inner.as_mut()),
        RuleNode::Not(_) | RuleNode::Leaf(_) => None,
    })
}

fn list_mut<'t>(tree: &'t mut RuleNode, path: &Path) -> Option<&'t mut Vec<RuleNode>> {
    match find_mut(tree, path)? {
        RuleNode::All(nodes) | RuleNode::Any(nodes) => Some(nodes),
        RuleNode::Not(_) | RuleNode::Leaf(_) => None,
    }
}

/// Puts a node in the place of another.
pub fn replace(tree: &RuleNode, path: &Path, node: RuleNode) -> Option<RuleNode> {
    let mut tree = tree.clone();
    *find_mut(&mut tree, path)? = node;
    Some(tree)
}

/// Adds a node at the end of a group. What is no list of nodes (a condition, a `not`) becomes one of which all must hold; in a
/// `not`, one of which none may hold.
pub fn add(tree: &RuleNode, path: &Path, node: RuleNode) -> Option<RuleNode> {
    let mut tree = tree.clone();
    let place = find_mut(&mut tree, path)?;
    match place {
        RuleNode::All(nodes) | RuleNode::Any(nodes) => nodes.push(node),
        RuleNode::Not(inner) => match inner.as_mut() {
            RuleNode::Any(nodes) => nodes.push(node),
            one => *one = RuleNode::Any(vec![one.clone(), node]),
        },
        RuleNode::Leaf(_) => *place = RuleNode::All(vec![place.clone(), node]),
    }
    Some(tree)
}

/// Takes a node out, and with it every group that it leaves empty. `None` where nothing would be left.
pub fn remove(tree: &RuleNode, path: &Path) -> Option<RuleNode> {
    let mut tree = tree.clone();
    take(&mut tree, path)?;
    Some(tree)
}

fn take(tree: &mut RuleNode, path: &Path) -> Option<RuleNode> {
    let node = find(tree, path)?.clone();
    let (mut above, mut place) = path.parted()?;
    loop {
        if let Some(list) = list_mut(tree, &above)
            && list.len() > 1
        {
            list.remove(place);
            return Some(node);
        }
        (above, place) = above.parted()?;
    }
}

/// Moves a node by one line: past the node before or after it, into the list that stands there, or out of its own. `None` at
/// the ends, and for what stands in a `not` alone.
pub fn shift(tree: &RuleNode, path: &Path, way: Way) -> Option<RuleNode> {
    let mut tree = tree.clone();
    let (above, place) = path.parted()?;
    let list = list_mut(&mut tree, &above)?;
    let beside = match way {
        Way::Up => place.checked_sub(1),
        Way::Down => Some(place + 1).filter(|next| *next < list.len()),
    };
    let Some(beside) = beside else { return step_out(tree, path, way) };
    if matches!(list.get(beside), Some(RuleNode::All(_) | RuleNode::Any(_))) {
        let node = list.remove(place);
        let at = if way == Way::Up { beside } else { place };
        if let Some(RuleNode::All(inner) | RuleNode::Any(inner)) = list.get_mut(at) {
            let end = if way == Way::Up { inner.len() } else { 0 };
            inner.insert(end, node);
        }
    } else {
        list.swap(place, beside);
    }
    Some(tree)
}

fn step_out(mut tree: RuleNode, path: &Path, way: Way) -> Option<RuleNode> {
    let (above, _) = path.parted()?;
    let (outer, group) = above.parted()?;
    let was_alone = list_mut(&mut tree, &above)?.len() == 1;
    // A group in a `not` is left by nobody: outside, the condition would say the opposite.
    list_mut(&mut tree, &outer)?;
    if was_alone {
        let node = find(&tree, path)?.clone();
        *find_mut(&mut tree, &above)? = node;
        return Some(tree);
    }
    let node = take(&mut tree, path)?;
    list_mut(&mut tree, &outer)?.insert(if way == Way::Up { group } else { group + 1 }, node);
    Some(tree)
}

/// Puts a node into a group of its own.
pub fn enclose(tree: &RuleNode, path: &Path, join: Join) -> Option<RuleNode> {
    replace(tree, path, join.of(vec![find(tree, path)?.clone()]))
}

/// Joins the nodes of a group otherwise.
pub fn rejoin(tree: &RuleNode, path: &Path, join: Join) -> Option<RuleNode> {
    let nodes = match find(tree, path)? {
        RuleNode::All(nodes) | RuleNode::Any(nodes) => nodes.clone(),
        RuleNode::Not(inner) => match inner.as_ref() {
            RuleNode::Any(nodes) => nodes.clone(),
            one => vec![one.clone()],
        },
        RuleNode::Leaf(_) => return None,
    };
    replace(tree, path, join.of(nodes))
}

/// How the nodes of a group are joined; `None` for a condition.
pub fn join_of(node: &RuleNode) -> Option<Join> {
    match node {
        RuleNode::All(_) => Some(Join::All),
        RuleNode::Any(_) => Some(Join::Any),
        RuleNode::Not(_) => Some(Join::Not),
        RuleNode::Leaf(_) => None,
    }
}

/// An id for a new condition: the one wished for, with a number behind it where it is taken.
pub fn free_id(tree: &RuleNode, wished: &str) -> String {
    let taken = |id: &str| tree.leaves().iter().any(|leaf| leaf.id == id);
    let numbered = (2..).map(|number| format!("{wished}_{number}"));
    std::iter::once(wished.to_owned()).chain(numbered).find(|id| !taken(id)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
