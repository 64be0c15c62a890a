package hessian

// The first byte of a value tells its kind. One letter stands for a kind that
// is followed by its length or bytes; the ranges are compact forms.
//
//	00-1f string, length 0-31          60-6f object of class 0-15
//	20-2f binary, length 0-15          70-77 typed list, length 0-7
//	30-33 string, length 0-1023        78-7f untyped list, length 0-7
//	34-37 binary, length 0-1023        80-bf int -16..47
//	38-3f long of 3 bytes              c0-cf int of 2 bytes
//	41    'A' binary chunk, not last   d0-d7 int of 3 bytes
//	42    'B' binary, last chunk       d8-ef long -8..15
//	43    'C' class definition         f0-ff long of 2 bytes
//	40 45 47 50 reserved
const (
	tagBinaryChunk  = 'A'
	tagBinary       = 'B'
	tagClass        = 'C'
	tagDouble       = 'D'
	tagFalse        = 'F'
	tagMap          = 'H'
	tagInt          = 'I'
	tagDateMilli    = 0x4a
	tagDateMinute   = 0x4b
	tagLong         = 'L'
	tagTypedMap     = 'M'
	tagNull         = 'N'
	tagObject       = 'O'
	tagRef          = 'Q'
	tagStringChunk  = 'R'
	tagString       = 'S'
	tagTrue         = 'T'
	tagTypedVarList = 0x55
	tagTypedList    = 0x56
	tagVarList      = 0x57
	tagList         = 0x58
	tagLong4        = 0x59
	tagEnd          = 'Z'
	tagDouble0      = 0x5b
	tagDouble1      = 0x5c
	tagDouble8      = 0x5d
	tagDouble16     = 0x5e
	tagDoubleMilli  = 0x5f // int32 * 0.001
)

const (
	stringChunk = 0x8000 // UTF-16 units that one chunk may hold
	binaryChunk = 8189   // bytes; hessian-lite 4 fills a buffer of 8192
)
