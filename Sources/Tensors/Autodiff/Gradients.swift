/// The gradients of the sum of `output` with respect to `targets`, in their order and shapes.
///
/// A target that `output` does not depend on gets zeros. With `differentiable` the results are
/// themselves tracked, so that a gradient of a gradient can be taken; without it nothing is
/// recorded.
///
/// - Complexity: one visit to every operation between `output` and the targets.
public func gradients(
  of output: Tensor, withRespectTo targets: [Tensor], differentiable: Bool = false
) -> [Tensor] {
  for target in targets {
    require(target.node != nil, "gradient with respect to a tensor that is not tracked")
  }
  guard let root = output.node, let oldest = targets.compactMap({ $0.node?.index }).min() else {
    return targets.map { .zeros(like: $0) }
  }
  let graph = Graph(from: root, downTo: oldest)
  let places = targets.map(graph.place(of:))
  var reaches = [Bool](repeating: false, count: graph.nodes.count)
  for place in places { if let place { reaches[place] = true } }
  let isTarget = reaches
  for place in graph.order where !reaches[place] {
    reaches[place] = graph.operands(of: place).contains { $0.map { reaches[$0] } ?? false }
  }

  var cotangents = [Tensor?](repeating: nil, count: graph.nodes.count)
  cotangents[0] = .ones(like: output)
  for place in graph.order.reversed() {
    let node = graph.nodes[place]
    guard reaches[place], let cotangent = cotangents[place], let pullback = node.pullback else {
      continue
    }
    if !isTarget[place] { cotangents[place] = nil }
    var value = node.output
    if differentiable { value.node = node }
    let operands = graph.operands(of: place)
    let context = PullbackContext(
      cotangent: cotangent,
      inputs: differentiable ? node.inputs : node.inputs.map { $0.detached() },
      output: value,
      needed: operands.map { $0.map { reaches[$0] } ?? false })
    for (slot, (operand, result)) in zip(operands, pullback(context)).enumerated() {
      guard context.needed[slot], let operand, let result else { continue }
      assert(
        result.shape == node.inputs[slot].shape,
        "cotangent of shape \(result.shape) for an operand of shape \(node.inputs[slot].shape)")
      cotangents[operand] = cotangents[operand].map { $0 + result } ?? result
    }
  }
  return zip(targets, places).map { target, place in
    place.flatMap { cotangents[$0] } ?? .zeros(like: target)
  }
}

/// The gradient of the sum of `body(point)` at `point`.
public func gradient<E: Error>(
  at point: Tensor, _ body: (Tensor) throws(E) -> Tensor
) throws(E) -> Tensor {
  let variable = point.variable()
  return gradients(of: try body(variable), withRespectTo: [variable])[0]
}

/// The value of `body(point)` and the gradient of its sum.
public func valueWithGradient<E: Error>(
  at point: Tensor, _ body: (Tensor) throws(E) -> Tensor
) throws(E) -> (value: Tensor, gradient: Tensor) {
  let variable = point.variable()
  let value = try body(variable)
  return (value.detached(), gradients(of: value, withRespectTo: [variable])[0])
}

/// The nodes on which a root depends, no older than a given one.
private struct Graph {
  /// As they were found; the root is the first.
  private(set) var nodes: [Node]
  /// Places in `nodes`, in order of creation: operands come before results.
  private(set) var order: [Int] = []
  private var found: [ObjectIdentifier: Int]
  private var edges: [Int?] = []
  private var starts = [0]

  init(from root: Node, downTo oldest: UInt64) {
    nodes = [root]
    found = [ObjectIdentifier(root): 0]
    while starts.count <= nodes.count {
      for input in nodes[starts.count - 1].inputs {
        edges.append(input.node.flatMap { $0.index >= oldest ? visit($0) : nil })
      }
      starts.append(edges.count)
    }
    order = nodes.indices.sorted { nodes[$0].index < nodes[$1].index }
  }

  private mutating func visit(_ node: Node) -> Int {
    let place = found[ObjectIdentifier(node), default: nodes.count]
    if place == nodes.count {
      found[ObjectIdentifier(node)] = place
      nodes.append(node)
    }
    return place
  }

  /// The places of the operands of the node at a place; `nil` for constants and what is too old.
  func operands(of place: Int) -> ArraySlice<Int?> { edges[starts[place]..<starts[place + 1]] }

  func place(of tensor: Tensor) -> Int? { tensor.node.flatMap { found[ObjectIdentifier($0)] } }
}
