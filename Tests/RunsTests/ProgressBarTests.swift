import Testing

@testable import Runs

struct ProgressBarTests {
  @Test("the line shows the share done, the text and the time left; narrow ones a shorter bar")
  func line() {
    let full = String(repeating: "█", count: 24)
    let empty = String(repeating: "░", count: 24)
    #expect(
      ProgressBar.line(0.5, "bound -120.3", left: "1:01", width: 120)
        == "\(full.prefix(12))\(empty.prefix(12)) 50 %  bound -120.3  1:01 left")
    #expect(ProgressBar.line(0, "", left: nil, width: 120) == empty + " 0 %  ")
    #expect(ProgressBar.line(2, "x", left: "9:01", width: 120) == full + " 100 %  x  9:01 left")
    #expect(ProgressBar.line(1, "x", left: nil, width: 80) == full.prefix(10) + " 100 %  x")
  }

  @Test("time is written in minutes and seconds, of an hour or more also in hours")
  func time() {
    #expect(ProgressBar.time(61) == "1:01")
    #expect(ProgressBar.time(3661) == "1:01:01")
    #expect(ProgressBar.time(.infinity) == "99:59:59")
  }

  @Test("a hundred per cent are all and not almost all")
  func percentage() {
    #expect(ProgressBar.percentage(0.999) == "99 %")
    #expect(ProgressBar.percentage(1.5) == "100 %")
    #expect(ProgressBar.percentage(-1) == "0 %")
  }

  @Test("the line is shorter than the terminal is wide", arguments: [0, 1, 10, 30, 80])
  func width(_ width: Int) {
    let line = ProgressBar.line(
      0.3, String(repeating: "x", count: 100), left: "99:59:59", width: width)
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
