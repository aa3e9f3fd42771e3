public import Tensors

/// Moves trained parameters against their gradient, in one pass over all of them.
///
/// A conformer says how many running tensors it keeps per parameter and how scalars of a parameter
/// move; walking, sharing among threads, allocating and naming the state is done for it. The state
/// is visited by name, `first.encoder.0.weight`, so that checkpoints hold it.
public protocol Optimizer: Parameterized, Sendable {
  /// Names of the running tensors kept per parameter.
  var slotNames: [String] { get }

  var state: OptimizerState { get set }

  /// By how much matrices shrink at a learning rate of one, beside their move; zero by default.
  ///
  /// Parameters of one axis, such as biases, do not.
  var weightDecay: Scalar { get }

  /// Moves scalars of one parameter in place, each by itself: parts of a parameter move on several
  /// threads at once.
  ///
  /// - Parameters:
  ///   - slots: the running tensors of these scalars, in the order of `slotNames`, changed in
  ///     place.
  ///   - step: number of this update, from 1.
  /// - Returns: whether every one of the scalars is finite afterwards, which the pass can tell.
  func move(
    _ parameter: UnsafeMutableBufferPointer<Scalar>, along gradient: UnsafePointer<Scalar>,
    slots: [UnsafeMutablePointer<Scalar>], learningRate: Scalar, step: Int
  ) -> Bool
}

/// The running tensors of an optimizer and the number of updates made.
public struct OptimizerState: Sendable {
  public var stepCount = 0
  var names: [String] = []
  /// One list of tensors per slot, in the order of the parameters.
  var slots: [[Tensor]] = []

  public init() {}
}

extension Optimizer {
  public var weightDecay: Scalar { 0 }

  /// Makes the running tensors, zeros, for the parameters of a model; the first update does so by
  /// itself.
  public mutating func prepare(for model: some Parameterized) {
    let trained = model.namedParameters().filter { $0.role == .trained }
    state.names = trained.map(\.name)
    state.slots = slotNames.map { _ in trained.map { .zeros(like: $0.tensor) } }
  }

  /// Moves every trained parameter of `model` against `gradient`, a value of the same type and
  /// shapes.
  ///
  /// Traps when their number or shapes are others than at the first update.
  ///
  /// - Returns: the name of the first parameter that is not finite afterwards.
  /// - Complexity: one pass over the parameters, in place where their storage is not shared.
  @discardableResult
  public mutating func update<Model: Parameterized>(
    _ model: inout Model, along gradient: Model, learningRate: Scalar
  ) -> String? {
    if state.names.isEmpty { prepare(for: model) }
    state.stepCount += 1
    var moves: [Move] = []
    model.forEachParameter(with: gradient) { parameter, gradient, role in
      guard role == .trained else { return }
      let place = moves.count
      require(
        place < state.names.count, "more parameters than the \(state.names.count) of an optimizer")
      let shapes = state.slots.map { $0[place].shape }
      require(
        shapes.allSatisfy { $0 == parameter.shape },
        "\(state.names[place]) of shape \(parameter.shape), its state of \(shapes)")
      moves.append(
        Move(
          values: parameter.withMutablePointer { $0 }, gradient: gradient.contiguous(),
          slots: state.slots.indices.compactMap { slot in
            state.slots[slot][place].withMutablePointer { $0.baseAddress }
          }, decay: parameter.rank > 1 ? 1 - learningRate * weightDecay : 1))
    }
    require(
      moves.count == state.names.count,
      "\(moves.count) parameters of the \(state.names.count) of an optimizer")
    // Parameters and running tensors own their storage from the walk to here, so their addresses
    // hold.
    let spoiled = withExtendedLifetime((model, state)) {
      firstSpoiled(moves, learningRate: learningRate)
    }
    return spoiled.map { state.names[$0] }
  }

  /// Carries out the moves in blocks, all in one region, and says which parameter is the first that
  /// is not finite afterwards.
  private func firstSpoiled(_ moves: [Move], learningRate: Scalar) -> Int? {
    let blocks = moves.indices.flatMap { place in
      stride(from: 0, to: moves[place].values.count, by: blockSize).map { (place, $0) }
    }
    let isFinite = concurrentMap(blocks.count) { block in
      let (place, start) = blocks[block]
      let parts = moves[place].parts(from: start)
      return move(
        parts.values, along: parts.gradient, slots: parts.slots, learningRate: learningRate,
        step: state.stepCount)
    }
    return isFinite.firstIndex(of: false).map { blocks[$0].0 }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    for (slot, name) in slotNames.enumerated() where slot < state.slots.count {
      visitor.enter(name)
      for (place, parameter) in state.names.enumerated() {
        visitor.visit(parameter, &state.slots[slot][place], .tracked)
      }
      visitor.leave()
    }
  }
}

/// Scalars that one thread moves at a time.
private let blockSize = 8192

/// A parameter, its gradient and its running tensors.
private struct Move {
  let values: UnsafeMutableBufferPointer<Scalar>
  let gradient: Tensor
  let slots: [UnsafeMutablePointer<Scalar>]
  let decay: Scalar

  /// A block of it, shrunk by the decay.
  func parts(
    from start: Int
  ) -> (
    values: UnsafeMutableBufferPointer<Scalar>, gradient: UnsafePointer<Scalar>,
    slots: [UnsafeMutablePointer<Scalar>]
  ) {
    let part = UnsafeMutableBufferPointer(
      rebasing: values[start..<min(start + blockSize, values.count)])
    if decay != 1 {
      for place in part.indices { part[place] *= decay }
    }
    return (part, gradient.base + start, slots.map { $0 + start })
  }
}
