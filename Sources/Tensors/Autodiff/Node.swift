import Synchronization

/// One recorded operation: its operands, its value, and how a cotangent of the value becomes
/// cotangents of the operands.
///
/// Immutable once made. Nodes carry the order in which they were created, and an operand is always
/// older than its result; so sorting by that order is a topological sort. A node without operands
/// is a variable.
package final class Node: @unchecked Sendable {
  /// Cotangents of the operands, `nil` for an operand that needs none.
  package typealias Pullback = @Sendable (PullbackContext) -> [Tensor?]

  package let index: UInt64
  package private(set) var inputs: [Tensor]
  package let pullback: Pullback?
  /// The value, without a node, so that no cycle arises.
  package let output: Tensor

  private static let counter = Atomic<UInt64>(0)

  package init(inputs: [Tensor], output: Tensor, pullback: Pullback?) {
    self.index = Node.counter.wrappingAdd(1, ordering: .relaxed).newValue
    self.inputs = inputs
    self.output = output
    self.pullback = pullback
  }

  /// Frees a graph of any depth without recursion: operands that nobody else holds are taken apart
  /// here.
  deinit {
    guard inputs.contains(where: { $0.node != nil }) else { return }
    var pending = inputs.compactMap(\.node)
    inputs = []
    while var node = pending.popLast() {
      if isKnownUniquelyReferenced(&node) {
        for input in node.inputs {
          if let next = input.node { pending.append(next) }
        }
        node.inputs = []
      }
    }
  }
}

/// The values that a pullback can use.
///
/// Operands are detached unless a gradient of the gradient is wanted.
package struct PullbackContext {
  package let cotangent: Tensor
  package let inputs: [Tensor]
  package let output: Tensor
  package let needed: [Bool]

  /// Whether the cotangents of the operands will be differentiated in their turn; fused pullbacks
  /// may be used where not.
  package var isDifferentiated: Bool { cotangent.isTracked || output.isTracked }

  /// The cotangent of one operand, computed only if it is needed.
  package func cotangent(of input: Int, _ compute: () -> Tensor) -> Tensor? {
    needed[input] ? compute() : nil
  }

  /// The cotangents of the operands by what `body` makes of them: the operation's value, out of
  /// operations that can be differentiated again.
  package func cotangents(through body: ([Tensor]) -> Tensor) -> [Tensor?] {
    // Fresh nodes: the cotangent may itself depend on the operands, and that path must not be
    // counted here.
    let copies = inputs.map { $0.isTracked ? $0 * 1 : $0.variable() }
    return gradients(of: body(copies) * cotangent, withRespectTo: copies, differentiable: true)
  }
}

extension Tensor {
  /// This value as a variable: gradients can be taken with respect to it.
  public func variable() -> Tensor {
    var result = detached()
    result.node = Node(inputs: [], output: result, pullback: nil)
    return result
  }

  /// Whether operations on this tensor are recorded.
  public var isTracked: Bool { node != nil }

  /// This value as the result of an operation on `inputs`; recorded only if one of them is tracked.
  ///
  /// The pullback must not capture a tracked tensor: it gets its operands from the context.
  package func recording(_ inputs: [Tensor], _ pullback: @escaping Node.Pullback) -> Tensor {
    guard inputs.contains(where: { $0.node != nil }) else { return self }
    var result = self
    result.node = Node(inputs: inputs, output: detached(), pullback: pullback)
    return result
  }

  /// As above for one operand, which makes no array of it unless it is tracked.
  @inline(__always)
  package func recording(_ input: Tensor, _ pullback: @escaping Node.Pullback) -> Tensor {
    input.node == nil ? self : recording([input], pullback)
  }

  /// As above for two operands.
  @inline(__always)
  package func recording(
    _ first: Tensor, _ second: Tensor, _ pullback: @escaping Node.Pullback
  ) -> Tensor {
    first.node == nil && second.node == nil ? self : recording([first, second], pullback)
  }
}
