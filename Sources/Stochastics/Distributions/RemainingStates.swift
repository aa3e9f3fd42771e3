import RealModule
package import Tensors

/// The prefixes of some states, each once: nodes of a tree, every one before those below it.
struct PrefixTree {
  struct Node {
    /// The place of the first state that begins so, and how many steps the prefix has.
    let state: Int
    let depth: Int
    /// The nodes one step further, by class.
    var children: [Int32: Int] = [:]
  }

  private(set) var nodes: [Node]

  init(_ states: [[Int32]]) {
    nodes = [Node(state: 0, depth: 0)]
    for (place, state) in states.enumerated() {
      var node = 0
      for (step, index) in state.enumerated() {
        if let next = nodes[node].children[index] {
          node = next
        } else {
          nodes[node].children[index] = nodes.count
          node = nodes.count
          nodes.append(Node(state: place, depth: step + 1))
        }
      }
    }
  }
}

/// The law of joint states given that they are none of some.
///
/// Masses are sums over the prefixes that leave the excluded states, never one less the mass of
/// those: what is excluded may hold all but 1e-300 of it.
package struct RemainingStates {
  private let joint: JointStates
  private let excluded: [[Int32]]
  private let tree: PrefixTree
  /// For every node the log-mass of each class that is not excluded, given the prefix.
  private let masses: [[Double]]
  private let hasAny: Bool

  package init(_ joint: JointStates, excluding excluded: [[Int32]]) {
    let tree = PrefixTree(excluded)
    var masses = [[Double]](repeating: [], count: tree.nodes.count)
    // A whole state has no classes to follow, and the sum of no masses is zero.
    for (place, node) in tree.nodes.enumerated().reversed() where node.depth < joint.steps {
      let prefix = node.depth == 0 ? [] : Array(excluded[node.state].prefix(node.depth))
      masses[place] = joint.logs(prefix)
      for (index, child) in node.children {
        masses[place][Int(index)] += logSumExp(masses[child])
      }
    }
    self.joint = joint
    self.excluded = excluded
    self.tree = tree
    self.masses = masses
    hasAny = logSumExp(masses[0]) > -.infinity
  }

  /// A state of this law; the first of the excluded where it has none.
  package func state(uniform: () -> Double) -> [Int32] {
    guard hasAny else { return excluded[0] }
    var node: Int? = 0
    var result: [Int32] = []
    for _ in 0..<joint.steps {
      let chosen = place(in: node.map { masses[$0] } ?? joint.logs(result), uniform())
      result.append(chosen)
      node = node.flatMap { tree.nodes[$0].children[chosen] }
    }
    return result
  }

  /// The place at a share of the mass of some logarithms, at least one of them above -infinity.
  private func place(in logs: [Double], _ share: Double) -> Int32 {
    let largest = logs.max() ?? 0
    let weights = logs.map { Double.exp($0 - largest) }
    var target = share * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() where weight > 0 {
      if target < weight { return Int32(index) }
      target -= weight
    }
    return Int32(weights.lastIndex { $0 > 0 } ?? 0)
  }
}

extension Tensor {
  /// The log-mass, of shape `batch`, of all states but some; -infinity where there are no others.
  ///
  /// This tensor has the log-probabilities of all classes at every step of those states given the
  /// steps before, [states] + batch + [steps, classes]. They are summed over the prefixes that
  /// leave the states, so that the result keeps its digits however little is left.
  ///
  /// - Parameter states: classes [states] + batch + [steps].
  package func logMass(leaving states: [Int32]) -> Tensor {
    let (count, batch) = (shape[0], Array(shape[1..<(rank - 2)]))
    let (steps, classes) = (shape[rank - 2], shape[rank - 1])
    let rows = batch.reduce(1, *)
    guard steps > 0 else { return .full(-Scalar.infinity, batch) }
    let own = takingAlong(
      Indices(states.map { Int($0) }, shape: [count] + batch + [steps, 1]), axis: -1)
    let prefixes = own.cumulativeSum(along: rank - 2).sliced(along: rank - 2, 0..<(steps - 1))
      .padded(along: rank - 2, before: 1, to: steps)
    let leaves = Tensor(shape: shape) { buffer in
      buffer.update(repeating: 0)
      for (row, list) in stochasticRows(states, batch: rows, variables: steps).enumerated() {
        for node in PrefixTree(list).nodes where node.depth < steps {
          let start = ((node.state * rows + row) * steps + node.depth) * classes
          for index in 0..<classes where node.children[Int32(index)] == nil {
            buffer[start + index] = 1
          }
        }
      }
    }
    return select(leaves, self + prefixes, Tensor(-Scalar.infinity))
      .logSumExp(along: -1).logSumExp(along: -1).logSumExp(along: 0)
  }
}
