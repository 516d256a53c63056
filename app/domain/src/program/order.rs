//! The order of things that depend on one another.

/// An order in which everything comes after what it depends on, otherwise as given; or a ring.
pub(crate) fn in_order(edges: &[Vec<usize>]) -> Result<Vec<usize>, Vec<usize>> {
    // 0 not seen, 1 on the way, 2 done; the way is kept by hand, so that no depth overflows a stack.
    let (mut state, mut order) = (vec![0_u8; edges.len()], Vec::with_capacity(edges.len()));
    for start in 0..edges.len() {
        let mut way = vec![(start, 0)];
        if state[start] != 0 {
            continue;
        }
        state[start] = 1;
        while let Some((place, next)) = way.last_mut() {
            let (here, edge) = (*place, edges[*place].get(*next).copied());
            *next += 1;
            match edge.map(|edge| (edge, state[edge])) {
                None => {
                    state[here] = 2;
                    order.push(here);
                    way.pop();
                }
                Some((edge, 0)) => {
                    state[edge] = 1;
                    way.push((edge, 0));
                }
                Some((edge, 1)) => {
                    let from = way.iter().position(|(place, _)| *place == edge).unwrap_or(0);
                    let ring = way[from..].iter().map(|(place, _)| *place).chain([edge]);
                    return Err(ring.collect());
                }
                Some(_) => {}
            }
        }
    }
    Ok(order)
}
