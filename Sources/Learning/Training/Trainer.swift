public import Tensors

/// A loss or a gradient that is not finite, found before it could touch a parameter.
public struct NonFiniteError: Error, CustomStringConvertible {
  /// The parameter whose gradient is not finite, or `nil` if the loss itself is not.
  public let parameter: String?
  public let step: Int

  public var description: String {
    parameter.map { "the gradient of \($0) is not finite at step \(step)" }
      ?? "the loss is not finite at step \(step)"
  }
}

/// Parameters, an optimizer and a count of steps: all there is to resume.
///
/// Nothing else has a state: the order of the data and all noise are functions of the seed and of `step`, so a training run that
/// is stopped anywhere, also within an epoch, goes on bit for bit.
public struct Trainer<Model: Parameterized & Sendable, O: Optimizer>: Parameterized, Sendable {
  public var model: Model
  public var optimizer: O
  public let learningRate: Double
  public let schedule: Schedule
  /// Updates made so far.
  public private(set) var step = 0

  public init(
    _ model: Model, optimizer: O, learningRate: Double, schedule: Schedule = .constant
  ) {
    precondition(learningRate > 0, "a learning rate of \(learningRate)")
    self.model = model
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.schedule = schedule
    self.optimizer.prepare(for: model)
  }

  /// Descends a scalar loss once and returns its value.
  ///
  /// - Throws: `NonFiniteError` if the loss or a gradient is not finite; nothing has been changed then but the model's own state.
  public mutating func descend(_ loss: (inout Model) -> Tensor) throws(NonFiniteError) -> Scalar {
    let (value, gradient) = valueWithGradient(at: &model, loss)
    guard value.isFinite else { throw NonFiniteError(parameter: nil, step: step) }
    if let name = gradient.firstNonFinite {
      throw NonFiniteError(parameter: name, step: step)
    }
    let rate = Scalar(learningRate * schedule.factor(at: step))
    optimizer.update(&model, along: gradient, learningRate: rate)
    step += 1
    return value
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
    var isFinite = true
    copy.forEachParameter { tensor, _ in isFinite = isFinite && tensor.allFinite }
    if isFinite { return nil }
    return namedParameters().first { !$0.tensor.allFinite }?.name
  }
}
