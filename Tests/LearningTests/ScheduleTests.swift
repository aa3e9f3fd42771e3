import Learning
import Testing

struct ScheduleTests {
  @Test(
    "factors",
    arguments: [
      (Schedule.constant, [0: 1, 1_000_000: 1]),
      (.exponential(rate: 0.5, every: 10), [0: 1, 9: 1, 10: 0.5, 19: 0.5, 30: 0.125]),
      (.linear(over: 8), [0: 1, 2: 0.75, 4: 0.5, 8: 0, 9: 0, 1000: 0]),
      (.cosine(over: 12), [0: 1, 4: 0.75, 6: 0.5, 8: 0.25, 12: 0, 13: 0]),
    ])
  func factors(_ schedule: Schedule, _ expected: [Int: Double]) {
    for (step, factor) in expected {
      #expect(abs(schedule.factor(at: step) - factor) < 1e-15, "at step \(step)")
    }
  }

  @Test(
    "no schedule ever rises",
    arguments: [
      Schedule.constant, .exponential(rate: 0.9, every: 3), .linear(over: 50), .cosine(over: 50),
    ])
  func monotony(_ schedule: Schedule) {
    let factors = (0..<100).map { schedule.factor(at: $0) }
    #expect(zip(factors, factors.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(factors.allSatisfy { $0 >= 0 && $0 <= 1 })
  }
}
