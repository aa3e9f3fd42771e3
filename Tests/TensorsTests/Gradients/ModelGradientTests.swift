import Tensors
import Testing

struct ModelGradientTests {
  struct Layer: Parameterized {
    var weight: Tensor
    var bias: Tensor?
    var mean = Tensor([5])

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit("weight", &weight)
      if var bias {
        visitor.visit("bias", &bias)
        self.bias = bias
      }
      visitor.visit("mean", &mean, .tracked)
    }
  }
  struct Model: Parameterized {
    var layers = [Layer(weight: [2], bias: [1]), Layer(weight: [3])]
    var head: Layer?

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit("layers", &layers)
      visitor.visit("head", &head)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      layers.reduce(x) { $0 * $1.weight + ($1.bias ?? 0) }
    }
  }
  struct Failure: Error, Equatable {}

  @Test("are values of the model's own type")
  func gradient() {
    var model = Model()
    let (value, gradient) = valueWithGradient(at: &model) { model in
      model.layers[0].mean = model.layers[0].mean + 1
      return model(4).sum()
    }
    #expect(value == 27)
    #expect(gradient.layers.map { $0.weight.scalars } == [[12], [9]])
    #expect(gradient.layers[0].bias?.scalars == [3])
    #expect(gradient.layers[1].bias == nil)
  }

  @Test("leave tracked tensors alone, and no graph behind")
  func roles() {
    var model = Model()
    let (_, gradient) = valueWithGradient(at: &model) { model in
      model.layers[0].mean = model.layers[0].mean + model.layers[0].weight
      return (model(4) * model.layers[1].mean).sum()
    }
    #expect(model.layers[0].mean.scalars == [7])
    #expect(gradient.layers.map { $0.mean.scalars } == [[0], [0]])
    #expect(model.namedParameters().count == 5)
    model.forEachParameter { tensor, _ in #expect(!tensor.isTracked) }
  }

  @Test("leave no graph behind when the loss throws")
  func throwing() {
    var model = Model()
    #expect(throws: Failure()) {
      _ = try valueWithGradient(at: &model) { _ throws(Failure) -> Tensor in throw Failure() }
    }
    model.forEachParameter { tensor, _ in #expect(!tensor.isTracked) }
  }

  @Test("name every parameter by its path")
  func names() {
    var model = Model()
    #expect(
      model.namedParameters().map(\.name) == [
        "layers.0.weight", "layers.0.bias", "layers.0.mean", "layers.1.weight", "layers.1.mean",
      ])
    model.head = Layer(weight: [1, 2, 3])
    #expect(model.namedParameters().last?.name == "head.mean")
    #expect(model.trainedScalarCount == 6)
  }

  @Test("come for a model and its estimators together")
  func pair() {
    var (model, other) = (Model(), Layer(weight: [7]))
    let (value, (first, second)) = valueWithGradient(at: &model, &other) { model, other in
      other.mean = [6]
      return (model(1) * other.weight).sum()
    }
    #expect(value == 63)
    #expect(first.layers[1].weight.scalars == [21])
    #expect(second.weight.scalars == [9])
    #expect(other.mean.scalars == [6] && !other.weight.isTracked)
  }
}
