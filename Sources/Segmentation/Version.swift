/// The version of the program, in one place.
public let clipsegVersion = "0.1.0"
