import Stochastics
import Testing

struct TemperatureScheduleTests {
  @Test("exponential: updated every N steps, down to its floor")
  func exponential() {
    let schedule = TemperatureSchedule.exponential(initial: 1, rate: 1e-3, floor: 0.5, every: 100)
    #expect(schedule.temperature(at: 0) == 1 && schedule.temperature(at: 99) == 1)
    #expect(abs(schedule.temperature(at: 100) - 0.904837418) < 1e-6)
    #expect(schedule.temperature(at: 100) == schedule.temperature(at: 199))
    #expect(schedule.temperature(at: 100_000) == 0.5)
  }

  @Test("constant and linear")
  func others() {
    #expect(TemperatureSchedule.constant(0.3).temperature(at: 7) == 0.3)
    let linear = TemperatureSchedule.linear(initial: 1, final: 0.2, over: 80)
    #expect(linear.temperature(at: 0) == 1)
    #expect(abs(linear.temperature(at: 40) - 0.6) < 1e-9)
    #expect(abs(linear.temperature(at: 200) - 0.2) < 1e-9)
  }
}
