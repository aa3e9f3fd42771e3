public import Tensors

/// A loss, a gradient or an updated parameter that is not finite.
public struct NonFiniteError: Error, CustomStringConvertible {
  /// The loss, finite or not.
  public let loss: Scalar
  /// The first parameter whose gradient is not finite, or else that is not finite itself after the
  /// update; `nil` if only the loss is not.
  public let parameter: String?
  /// Number of the update, from 1.
  public let step: Int
  /// Whether the update was made, and a parameter is spoiled; else it was found before it could
  /// touch one.
  public let isUpdated: Bool

  public var description: String {
    if isUpdated, let parameter {
      return "\(parameter) is not finite after the update at step \(step)"
    }
    let gradient = parameter.map { "the gradient of \($0) is not finite" }
    if loss.isFinite, let gradient { return "\(gradient) at step \(step)" }
    return "the loss is \(spelled(loss)) at step \(step)" + (gradient.map { ", and \($0)" } ?? "")
  }
}

/// Parameters, an optimizer and a count of steps: all there is to resume.
///
/// Nothing else has a state: the order of the data and all noise are functions of the seed and of
/// `step`, so a training run that is stopped anywhere, also within an epoch, goes on bit for bit.
public struct Trainer<Model: Parameterized & Sendable, Rule: Optimizer>: Parameterized, Sendable {
  public var model: Model
  public var optimizer: Rule
  /// The rate that the schedule scales, as it stands at the next step; positive and finite.
  public var learningRate: Double { didSet { checkLearningRate() } }
  public let schedule: Schedule
  /// The largest global norm a gradient may have, longer ones being scaled down to it; `nil` for
  /// any.
  public let maximumNorm: Double?
  /// Updates made so far.
  public private(set) var step = 0

  public init(
    _ model: Model, optimizer: Rule, learningRate: Double, schedule: Schedule = .constant,
    maximumNorm: Double? = nil
  ) {
    self.model = model
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.schedule = schedule
    self.maximumNorm = maximumNorm
    self.optimizer.prepare(for: model)
    checkLearningRate()
  }

  private func checkLearningRate() {
    require(learningRate > 0 && learningRate.isFinite, "a learning rate of \(learningRate)")
  }

  /// Descends a scalar loss once and returns its value.
  ///
  /// - Throws: `NonFiniteError` if the loss or a gradient is not finite, where nothing has been
  ///   changed, or if the update spoils a parameter, which a rate that is too large does also where
  ///   losses and gradients stay finite.
  public mutating func descend(_ loss: (inout Model) -> Tensor) throws(NonFiniteError) -> Scalar {
    try attempt(loss).get()
  }

  /// Descends a scalar loss that can fail once, and returns its value: a cost that asks a file, a
  /// server or a simulator.
  ///
  /// - Throws: What the loss throws, as it is, with nothing changed, neither parameters nor the
  ///   state of estimators and optimizer; a generator outside of the model is where the loss left
  ///   it. Or `NonFiniteError`, as above.
  public mutating func descend(_ loss: (inout Model) throws -> Tensor) throws -> Scalar {
    try attempt(loss).get()
  }

  /// Makes an update along a gradient that is taken in a way of its own, from the model as it is.
  mutating func descend(
    along gradient: (inout Model) throws -> (value: Scalar, gradient: Model)
  ) throws -> Scalar {
    try update(along: gradient).get()
  }

  private mutating func attempt<E: Error>(
    _ loss: (inout Model) throws(E) -> Tensor
  ) throws(E) -> Result<Scalar, NonFiniteError> {
    try update { (model) throws(E) in try valueWithGradient(at: &model, loss) }
  }

  private mutating func update<E: Error>(
    along gradient: (inout Model) throws(E) -> (value: Scalar, gradient: Model)
  ) throws(E) -> Result<Scalar, NonFiniteError> {
    try finite(gradient).flatMap { value, gradient in
      var gradient = gradient
      if let maximumNorm { gradient.clip(toGlobalNorm: maximumNorm) }
      let rate = Scalar(learningRate * schedule.factor(at: step))
      let spoiled = optimizer.update(&model, along: gradient, learningRate: rate)
      step += 1
      if let parameter = spoiled {
        return .failure(
          NonFiniteError(loss: value, parameter: parameter, step: step, isUpdated: true))
      }
      return .success(value)
    }
  }

  // A function of its own, so that the copy of the model is gone when the parameters are changed in
  // place.
  private mutating func finite<E: Error>(
    _ gradient: (inout Model) throws(E) -> (value: Scalar, gradient: Model)
  ) throws(E) -> Result<(value: Scalar, gradient: Model), NonFiniteError> {
    let before = model
    do throws(E) {
      let (value, gradient) = try gradient(&model)
      let parameter = gradient.firstNonFinite
      if value.isFinite && parameter == nil { return .success((value, gradient)) }
      model = before
      return .failure(
        NonFiniteError(loss: value, parameter: parameter, step: step + 1, isUpdated: false))
    } catch {
      model = before
      throw error
    }
  }

  /// Goes back to a step whose parameters and running tensors have been restored.
  public mutating func resume(at step: Int) {
    self.step = step
    optimizer.state.stepCount = step
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    model.visitParameters(&visitor)
    visitor.visit("optimizer", &optimizer)
  }
}

extension Parameterized {
  /// The name of the first parameter with a scalar that is not finite.
  public var firstNonFinite: String? {
    var copy = self
    var tensors: [Tensor] = []
    copy.forEachParameter { tensor, _ in tensors.append(tensor) }
    if Tensor.allFinite(tensors) { return nil }
    return namedParameters().first { !$0.tensor.allFinite }?.name
  }
}
