import Stochastics
import Tensors
import Testing

struct TemperatureTests {
  @Test("exponential: updated every N steps, down to its floor")
  func exponential() {
    let schedule = Temperature.exponential(initial: 1, rate: 1e-3, floor: 0.5, every: 100)
    #expect(schedule.value(at: 0) == 1 && schedule.value(at: 99) == 1)
    #expect(abs(schedule.value(at: 100) - 0.904837418) < 1e-6)
    #expect(schedule.value(at: 100) == schedule.value(at: 199))
    #expect(schedule.value(at: 100_000) == 0.5)
  }

  @Test("constant and linear")
  func others() {
    #expect(Temperature.constant(0.3).value(at: 7) == 0.3)
    let linear = Temperature.linear(initial: 1, final: 0.2, over: 80)
    #expect(linear.value(at: 0) == 1)
    #expect(abs(linear.value(at: 40) - 0.6) < 1e-9)
    #expect(abs(linear.value(at: 200) - 0.2) < 1e-9)
  }

  @Test("a number stands for itself, whole or not")
  func literals() {
    #expect(2 as Temperature == .constant(2) && 0.5 as Temperature == .constant(0.5))
  }

  @Test("Gumbel-Rao follows its schedule, and a constant one leaves nothing to save")
  func gumbelRao() {
    let q = Categorical(logits: Tensor([0.3, -0.2, 0.9], shape: [1, 3]))
    func slopes(_ estimator: inout GumbelRao<Categorical>) -> [Scalar] {
      let logits = q.logits.variable()
      var generator = Philox(seed: 5)
      let value = estimator.expectation(
        over: Categorical(logits: logits), using: &generator
      ) { (z: Tensor, _: inout Philox) in (z * [1, 2, 4]).sum(along: [-2, -1]) }
      return gradients(of: value.sum(), withRespectTo: [logits])[0].scalars
    }
    var falling = GumbelRao<Categorical>(temperature: .linear(initial: 1, final: 0.5, over: 1))
    var (warm, cold) = (GumbelRao<Categorical>(temperature: 1), GumbelRao<Categorical>())
    #expect(slopes(&falling) == slopes(&warm))
    #expect(slopes(&falling) == slopes(&cold))
    #expect(falling.namedParameters().map(\.name) == ["step"])
    #expect(warm.namedParameters().isEmpty)
  }

  @Test("a temperature that is not positive and finite is a mistake")
  func mistakes() async {
    await #expect(processExitsWith: .failure) { _ = Temperature.constant(0).value(at: 0) }
    await #expect(processExitsWith: .failure) { _ = Temperature.constant(.nan).value(at: 0) }
    await #expect(processExitsWith: .failure) {
      _ = Concrete(logits: [0, 1], temperature: .infinity)
    }
  }
}
