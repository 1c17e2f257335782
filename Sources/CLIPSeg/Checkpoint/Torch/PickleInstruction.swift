/// The instructions of Python's pickle, protocol 2, that a state dict is written in.
///
/// Source: CPython's `Lib/pickletools.py`, whose name for each is given.
enum PickleInstruction: UInt8 {
    /// PROTO
    case protocolVersion = 0x80
    /// STOP
    case stop = 0x2E
    /// NONE
    case none = 0x4E
    /// NEWTRUE
    case newTrue = 0x88
    /// NEWFALSE
    case newFalse = 0x89
    /// BININT1
    case byteInteger = 0x4B
    /// BININT2
    case shortInteger = 0x4D
    /// BININT
    case integer = 0x4A
    /// LONG1
    case longInteger = 0x8A
    /// BINUNICODE
    case text = 0x58
    /// GLOBAL
    case global = 0x63
    /// MARK
    case mark = 0x28
    /// EMPTY_TUPLE
    case emptyTuple = 0x29
    /// TUPLE1
    case tuple1 = 0x85
    /// TUPLE2
    case tuple2 = 0x86
    /// TUPLE3
    case tuple3 = 0x87
    /// TUPLE
    case tuple = 0x74
    /// EMPTY_DICT
    case emptyDictionary = 0x7D
    /// SETITEM
    case setItem = 0x73
    /// SETITEMS
    case setItems = 0x75
    /// BINPUT
    case put = 0x71
    /// LONG_BINPUT
    case longPut = 0x72
    /// BINGET
    case get = 0x68
    /// LONG_BINGET
    case longGet = 0x6A
    /// BINPERSID
    case persistentID = 0x51
    /// REDUCE
    case reduce = 0x52
    /// BUILD
    case build = 0x62
}
