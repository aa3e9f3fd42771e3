import Formats
public import Runs

/// What an optimization is asked for, each setting said once.
public enum OptimizationSettings {
  // MARK: The space

  public static let bits = Setting<String>.text("bits", nil, "So many bits.", "n")
  public static let classes = Setting<String>.text(
    "classes", nil, "Variables of some classes each, as in 4x10.", "nxk")
  public static let order = Setting<String>.text("order", nil, "An order of so many items.", "n")
  public static let top = Setting<String>.text(
    "top", nil, "The first places of an order alone.", "k")
  public static let subset = Setting<String>.text(
    "subset", nil, "k of n items, as in 3/10.", "k/n")
  public static let matching = Setting<String>.text(
    "matching", nil, "So many items matched with as many places.", "n")
  public static let tree = Setting<String>.text(
    "tree", nil, "A tree that connects so many vertices.", "n")
  public static let space = Setting<String>.text(
    "space", nil, "A JSON file of a space of several parts.", "file")

  // MARK: The cost

  public static let command = Setting<String>.text(
    "command", nil, "A program that answers lines with lines.", "program")
  public static let exec = Setting<String>.text(
    "exec", nil, "A program for one point, in place of {} or behind the last word.", "program")
  public static let problem = Setting<String>.text("problem", nil, "A built-in cost.", "name")
  public static let told = Setting<Bool>.flag(
    "told", false, "Values come from elsewhere, by discrete ask and discrete tell.")
  public static let shell = Setting<Bool>.flag("shell", false, "Give the program to a shell.")
  public static let maximize = Setting<Bool>.flag("maximize", false, "Seek the largest value.")
  public static let noisy = Setting<Bool>.flag(
    "noisy", false, "Values differ from call to call: evaluate good points again, and take means.")

  // MARK: The search

  public static let method = Setting<String>.text(
    "method", SearchMethod.standard, "A method of search.", "name")
  public static let budget = Setting<Int>.whole(
    "budget", nil, in: 1...JSON.mostWhole, "Evaluations at most.")
  public static let seed = Setting<UInt64>.seed("What the proposals are drawn from.")
  public static let workers = Setting<Int>.whole(
    "workers", 1, in: 1...1024, "Programs that run at a time.")
  public static let batch = Setting<Int>.whole(
    "batch", nil, in: 1...(1 << 16), "Points a worker is given at once, with an empty line.")
  public static let timeOut = Setting<Double>.positive(
    "time-out", nil, "What an answer may take, in place of any time.", "seconds")
  public static let start = Setting<String>.text("start", nil, "A point to begin with.", "point")
  public static let target = Setting<Double>.number(
    "target", nil, in: -.greatestFiniteMagnitude..<(.infinity), "A value at which to end.", "value")

  /// All of them, in the order of the help.
  public static let all: [any SettingDescription] = [
    bits, classes, order, top, subset, matching, tree, space, command, exec, problem, told, shell,
    maximize, noisy, method, budget, seed, workers, batch, timeOut, start, target,
  ]
}
