public import Tensors

/// Moves trained parameters against their gradient, in one fused pass over each.
///
/// A conformer says how many running tensors it keeps per parameter and how one parameter moves;
/// walking, allocating and naming the state is shared. The state is visited by name,
/// `first.encoder.0.weight`, so that checkpoints hold it.
public protocol Optimizer: Parameterized, Sendable {
  /// Names of the running tensors kept per parameter.
  var slotNames: [String] { get }

  var state: OptimizerState { get set }

  /// By how much matrices shrink at a learning rate of one, beside their move; zero by default.
  ///
  /// Parameters of one axis, such as biases, do not.
  var weightDecay: Scalar { get }

  /// Moves one parameter in place.
  ///
  /// - Parameters:
  ///   - slots: the running tensors of this parameter, in the order of `slotNames`, changed in
  ///     place.
  ///   - step: number of this update, from 1.
  /// - Returns: whether every scalar of the parameter is finite afterwards, which its pass can
  ///   tell.
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
    var place = 0
    var spoiled: String?
    model.forEachParameter(with: gradient) { parameter, gradient, role in
      guard role == .trained else { return }
      require(
        place < state.names.count, "more parameters than the \(state.names.count) of an optimizer")
      let shapes = state.slots.map { $0[place].shape }
      require(
        shapes.allSatisfy { $0 == parameter.shape },
        "\(state.names[place]) of shape \(parameter.shape), its state of \(shapes)")
      if !move(&parameter, along: gradient, place: place, learningRate: learningRate) {
        spoiled = spoiled ?? state.names[place]
      }
      place += 1
    }
    require(
      place == state.names.count,
      "\(place) parameters of the \(state.names.count) of an optimizer")
    return spoiled
  }

  private mutating func move(
    _ parameter: inout Tensor, along gradient: Tensor, place: Int, learningRate: Scalar
  ) -> Bool {
    if weightDecay > 0 && parameter.rank > 1 {
      let factor = 1 - learningRate * weightDecay
      parameter.withMutablePointer { values in
        guard let base = values.baseAddress else { return }
        for place in 0..<values.count { base[place] *= factor }
      }
    }
    var pointers: [UnsafeMutablePointer<Scalar>] = []
    for slot in state.slots.indices {
      state.slots[slot][place].withMutablePointer { buffer in
        if let base = buffer.baseAddress { pointers.append(base) }
      }
    }
    // The running tensors own their storage from here to the end of the call, so their addresses
    // hold.
    return withExtendedLifetime(state) {
      parameter.withMutablePointer { values in
        gradient.withPointer { gradient in
          guard let gradient = gradient.baseAddress else { return true }
          return move(
            values, along: gradient, slots: pointers, learningRate: learningRate,
            step: state.stepCount)
        }
      }
    }
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
