/// The gradients of the sum of `output` with respect to `targets`, in their order and shapes.
///
/// A target that `output` does not depend on gets zeros. With `differentiable` the results are themselves tracked, so
/// that a gradient of a gradient can be taken; without it nothing is recorded.
///
/// - Complexity: one visit to every operation between `output` and the targets.
public func gradients(
  of output: Tensor, withRespectTo targets: [Tensor], differentiable: Bool = false
) -> [Tensor] {
  for target in targets {
    precondition(target.node != nil, "gradient with respect to a tensor that is not tracked")
  }
  guard let root = output.node, let oldest = targets.compactMap({ $0.node?.index }).min() else {
    return targets.map { .zeros(like: $0) }
  }
  let nodes = reachable(from: root, downTo: oldest)
  var place: [ObjectIdentifier: Int] = [:]
  place.reserveCapacity(nodes.count)
  for (index, node) in nodes.enumerated() { place[ObjectIdentifier(node)] = index }

  func position(of tensor: Tensor) -> Int? {
    tensor.node.flatMap { place[ObjectIdentifier($0)] }
  }

  var reaches = [Bool](repeating: false, count: nodes.count)
  for target in targets {
    if let index = position(of: target) { reaches[index] = true }
  }
  let isTarget = reaches
  for (index, node) in nodes.enumerated() where !reaches[index] {
    reaches[index] = node.inputs.contains { position(of: $0).map { reaches[$0] } ?? false }
  }

  var cotangents = [Tensor?](repeating: nil, count: nodes.count)
  if let index = position(of: output) { cotangents[index] = .ones(like: output) }
  for index in nodes.indices.reversed() {
    let node = nodes[index]
    guard reaches[index], let cotangent = cotangents[index], let pullback = node.pullback else {
      continue
    }
    if !isTarget[index] { cotangents[index] = nil }
    let places = node.inputs.map { position(of: $0) }
    var value = node.output
    if differentiable { value.node = node }
    let context = PullbackContext(
      cotangent: cotangent,
      inputs: differentiable ? node.inputs : node.inputs.map { $0.detached() },
      output: value,
      needed: places.map { $0.map { reaches[$0] } ?? false })
    let results = pullback(context)
    for (slot, result) in results.enumerated() {
      guard context.needed[slot], let target = places[slot], let result else { continue }
      assert(
        result.shape == node.inputs[slot].shape,
        "cotangent of shape \(result.shape) for an operand of shape \(node.inputs[slot].shape)")
      if let sum = cotangents[target] {
        cotangents[target] = sum + result
      } else {
        cotangents[target] = result
      }
    }
  }
  return targets.map { target in
    position(of: target).flatMap { cotangents[$0] } ?? .zeros(like: target)
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

/// The nodes on which `root` depends, no older than `oldest`, in order of creation.
private func reachable(from root: Node, downTo oldest: UInt64) -> [Node] {
  guard root.index >= oldest else { return [] }
  var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
  var nodes: [Node] = [root]
  var next = 0
  while next < nodes.count {
    for input in nodes[next].inputs {
      if let node = input.node, node.index >= oldest, seen.insert(ObjectIdentifier(node)).inserted {
        nodes.append(node)
      }
    }
    next += 1
  }
  nodes.sort { $0.index < $1.index }
  return nodes
}
