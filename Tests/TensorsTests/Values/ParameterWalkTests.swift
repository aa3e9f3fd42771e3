import Tensors
import Testing

struct ParameterWalkTests {
  struct Model: Parameterized, Sendable {
    var weights: [Parameter]
    var mean: Tensor

    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit("weights", &weights)
      visitor.visit("mean", &mean, .tracked)
    }
  }

  private static let first = Model(weights: [Parameter([1, 2]), Parameter([3])], mean: [4])
  private static let second = Model(weights: [Parameter([5, -2]), Parameter([7])], mean: [0])

  @Test("walks two models side by side")
  func pairs() {
    var (model, roles) = (Self.first, [Role]())
    model.forEachParameter(with: Self.second) { tensor, other, role in
      tensor = tensor - other
      roles.append(role)
    }
    #expect(model.namedParameters().map(\.tensor.scalars) == [[-4, 4], [-4], [4]])
    #expect(roles == [.trained, .trained, .tracked])
  }

  @Test("goes a share of the way to another model")
  func average() {
    var model = Self.first
    model.move(toward: Self.second, by: 0.25)
    #expect(model.namedParameters().map(\.tensor.scalars) == [[2, 1], [4], [3]])
    model.move(toward: Self.second, by: 1)
    #expect(model.namedParameters().map(\.tensor.scalars) == [[5, -2], [7], [0]])
  }

  @Test("traps on models of other shapes, or of more or fewer tensors")
  func shapes() async {
    await #expect(processExitsWith: .failure) {
      var model = Model(weights: [Parameter([1, 2])], mean: [4])
      model.move(toward: Model(weights: [Parameter([1])], mean: [4]), by: 0.5)
    }
    await #expect(processExitsWith: .failure) {
      var model = Model(weights: [Parameter([1, 2])], mean: [4])
      model.move(toward: Model(weights: [], mean: [1, 2]), by: 0.5)
    }
    await #expect(processExitsWith: .failure) {
      var model = Model(weights: [], mean: [4])
      model.move(toward: Model(weights: [Parameter([1])], mean: [4]), by: 0.5)
    }
  }
}
