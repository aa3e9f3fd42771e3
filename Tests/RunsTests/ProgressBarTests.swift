import Testing

@testable import Runs

struct ProgressBarTests {
  @Test("the line shows the share done, the text and the time left")
  func line() {
    let full = String(repeating: "█", count: 24)
    let empty = String(repeating: "░", count: 24)
    #expect(
      ProgressBar.line(0.5, "bound -120.3", secondsLeft: 61, width: 80)
        == "\(full.prefix(12))\(empty.prefix(12)) bound -120.3  1:01 left")
    #expect(ProgressBar.line(0, "", secondsLeft: nil, width: 80) == empty + " ")
    #expect(ProgressBar.line(2, "x", secondsLeft: 3661, width: 80) == full + " x  1:01:01 left")
  }

  @Test("the line is shorter than the terminal is wide", arguments: [0, 1, 10, 30, 80])
  func width(_ width: Int) {
    let line = ProgressBar.line(
      0.3, String(repeating: "x", count: 100), secondsLeft: .infinity, width: width)
    #expect(line.count == max(0, width - 1))
  }

  @Test("the time left counts from where this run began")
  func secondsLeft() {
    #expect(ProgressBar.secondsLeft(after: 10, from: 0, to: 0.25) == 30)
    #expect(ProgressBar.secondsLeft(after: 10, from: 0.5, to: 0.75) == 10)
    #expect(ProgressBar.secondsLeft(after: 10, from: 0.5, to: 0.5) == nil)
    #expect(ProgressBar.secondsLeft(after: 10, from: 0, to: 1.5) == 0)
  }
}
