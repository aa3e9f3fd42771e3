import SwiftDiscrete

/// A cart that keeps a pole upright: Barto, Sutton and Anderson (1983), with the constants every
/// library has.
struct CartPole {
  /// Place and speed of the cart, angle and angular speed of the pole.
  private(set) var state: [Scalar]
  private(set) var steps = 0

  static let longest = 200

  init(using generator: inout Philox) {
    state = (0..<4).map { _ in Scalar.random(in: -0.05...0.05, using: &generator) }
  }

  /// Whether the pole has fallen, the cart has left the track, or the time is over.
  var isOver: Bool {
    abs(state[0]) > 2.4 || abs(state[2]) > 12 * .pi / 180 || steps >= CartPole.longest
  }

  /// Pushes the cart to the left (0) or the right (1) for a fiftieth of a second.
  mutating func push(_ action: Int) {
    let (gravity, cart, pole, half, dt): (Scalar, Scalar, Scalar, Scalar, Scalar) =
      (9.8, 1, 0.1, 0.5, 0.02)
    let force: Scalar = action == 1 ? 10 : -10
    let (x, v, angle, spin) = (state[0], state[1], state[2], state[3])
    let sines = Tensor([angle]).sin().item
    let cosines = Tensor([angle]).cos().item
    let mass = cart + pole
    let push = (force + pole * half * spin * spin * sines) / mass
    let torque =
      (gravity * sines - cosines * push) / (half * (4 / 3 - pole * cosines * cosines / mass))
    let acceleration = push - pole * half * torque * cosines / mass
    state = [x + dt * v, v + dt * acceleration, angle + dt * spin, spin + dt * torque]
    steps += 1
  }
}

/// What happened in one episode, a row for each step.
struct Episode {
  var states: [[Scalar]] = []
  var actions: [Int] = []

  /// Steps survived, each of them a reward of one.
  var length: Int { actions.count }

  /// Discounted rewards from each step on.
  func returns(discount: Scalar) -> [Scalar] {
    var (result, sum) = ([Scalar](repeating: 0, count: length), Scalar(0))
    for step in (0..<length).reversed() {
      sum = 1 + discount * sum
      result[step] = sum
    }
    return result
  }
}
