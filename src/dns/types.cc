#include "dnswarm/types.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace dnswarm {
namespace {

struct TypeMnemonic {
  uint16_t type;
  std::string_view text;
};

// The IANA registry's rows; NULL and NSAP-PTR are the two that are not C++ identifiers.
constexpr TypeMnemonic type_mnemonics[] = {
    {1, "A"},           {2, "NS"},        {3, "MD"},          {4, "MF"},
    {5, "CNAME"},       {6, "SOA"},       {7, "MB"},          {8, "MG"},
    {9, "MR"},          {10, "NULL"},     {11, "WKS"},        {12, "PTR"},
    {13, "HINFO"},      {14, "MINFO"},    {15, "MX"},         {16, "TXT"},
    {17, "RP"},         {18, "AFSDB"},    {19, "X25"},        {20, "ISDN"},
    {21, "RT"},         {22, "NSAP"},     {23, "NSAP-PTR"},   {24, "SIG"},
    {25, "KEY"},        {26, "PX"},       {27, "GPOS"},       {28, "AAAA"},
    {29, "LOC"},        {30, "NXT"},      {31, "EID"},        {32, "NIMLOC"},
    {33, "SRV"},        {34, "ATMA"},     {35, "NAPTR"},      {36, "KX"},
    {37, "CERT"},       {38, "A6"},       {39, "DNAME"},      {40, "SINK"},
    {41, "OPT"},        {42, "APL"},      {43, "DS"},         {44, "SSHFP"},
    {45, "IPSECKEY"},   {46, "RRSIG"},    {47, "NSEC"},       {48, "DNSKEY"},
    {49, "DHCID"},      {50, "NSEC3"},    {51, "NSEC3PARAM"}, {52, "TLSA"},
    {53, "SMIMEA"},     {55, "HIP"},      {56, "NINFO"},      {57, "RKEY"},
    {58, "TALINK"},     {59, "CDS"},      {60, "CDNSKEY"},    {61, "OPENPGPKEY"},
    {62, "CSYNC"},      {63, "ZONEMD"},   {64, "SVCB"},       {65, "HTTPS"},
    {66, "DSYNC"},      {67, "HHIT"},     {68, "BRID"},       {99, "SPF"},
    {100, "UINFO"},     {101, "UID"},     {102, "GID"},       {103, "UNSPEC"},
    {104, "NID"},       {105, "L32"},     {106, "L64"},       {107, "LP"},
    {108, "EUI48"},     {109, "EUI64"},   {128, "NXNAME"},    {249, "TKEY"},
    {250, "TSIG"},      {251, "IXFR"},    {252, "AXFR"},      {253, "MAILB"},
    {254, "MAILA"},     {255, "ANY"},     {256, "URI"},       {257, "CAA"},
    {258, "AVC"},       {259, "DOA"},     {260, "AMTRELAY"},  {261, "RESINFO"},
    {262, "WALLET"},    {263, "CLA"},     {264, "IPN"},       {32768, "TA"},
    {32769, "DLV"},
};
constexpr size_t type_count = std::size(type_mnemonics);
constexpr size_t mnemonic_octets_max = 10;

// By value for the dense part of the registry, by name for reading.
constexpr size_t dense_types = 265;
constexpr std::array<std::string_view, dense_types> text_by_type = [] {
  std::array<std::string_view, dense_types> table{};
  for (const TypeMnemonic& row : type_mnemonics) {
    if (row.type < dense_types) table[row.type] = row.text;
  }
  return table;
}();

constexpr std::array<TypeMnemonic, type_count> types_by_text = [] {
  std::array<TypeMnemonic, type_count> table{};
  std::copy(std::begin(type_mnemonics), std::end(type_mnemonics), table.begin());
  std::sort(table.begin(), table.end(),
            [](const TypeMnemonic& a, const TypeMnemonic& b) { return a.text < b.text; });
  return table;
}();

std::string_view mnemonic_of(RRType type) {
  const auto value = static_cast<uint16_t>(type);
  if (value < dense_types) return text_by_type[value];
  if (type == RRType::TA) return "TA";
  if (type == RRType::DLV) return "DLV";
  return {};
}

// Upper-cases into `room`; longer text is cut, and then matches nothing.
constexpr size_t token_octets_max = mnemonic_octets_max + 1;
std::string_view upper_case(std::string_view text, std::array<char, token_octets_max>& room) {
  const size_t size = std::min(text.size(), room.size());
  for (size_t i = 0; i < size; ++i) {
    const char c = text[i];
    room[i] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  return {room.data(), size};
}

// "TYPE65280" with `prefix` "TYPE" -> 65280.
std::optional<uint16_t> number_after(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.size() > 5 || error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::string_view class_mnemonic_of(RRClass rrclass) {
  switch (rrclass) {
    case RRClass::IN: return "IN";
    case RRClass::CH: return "CH";
    case RRClass::HS: return "HS";
    case RRClass::NONE: return "NONE";
    case RRClass::ANY: return "ANY";
  }
  return {};
}

// "RCODE12" and so on for every value of the 12 bits, so that the text can be static.
constexpr size_t rcode_count = 4096;
struct RcodeText {
  char octets[9];
  uint8_t size;
};
constexpr std::array<RcodeText, rcode_count> unassigned_rcodes = [] {
  std::array<RcodeText, rcode_count> table{};
  for (size_t value = 0; value < rcode_count; ++value) {
    RcodeText& row = table[value];
    for (char c : std::string_view("RCODE")) row.octets[row.size++] = c;
    size_t unit = value >= 1000 ? 1000 : value >= 100 ? 100 : value >= 10 ? 10 : 1;
    for (; unit > 0; unit /= 10) {
      row.octets[row.size++] = static_cast<char>('0' + value / unit % 10);
    }
  }
  return table;
}();

}  // namespace

void append_text(RRType type, std::string& out) {
  const std::string_view mnemonic = mnemonic_of(type);
  if (!mnemonic.empty()) {
    out += mnemonic;
  } else {
    out += "TYPE";
    out += std::to_string(static_cast<uint16_t>(type));
  }
}

std::string to_text(RRType type) {
  std::string text;
  append_text(type, text);
  return text;
}

std::optional<RRType> rrtype_from_text(std::string_view text) {
  std::array<char, token_octets_max> room;
  const std::string_view token = upper_case(text, room);
  const auto found = std::lower_bound(
      types_by_text.begin(), types_by_text.end(), token,
      [](const TypeMnemonic& row, std::string_view wanted) { return row.text < wanted; });
  if (found != types_by_text.end() && found->text == token) return static_cast<RRType>(found->type);
  const std::optional<uint16_t> number = number_after("TYPE", token);
  return number ? std::optional(static_cast<RRType>(*number)) : std::nullopt;
}

std::string to_text(RRClass rrclass) {
  const std::string_view mnemonic = class_mnemonic_of(rrclass);
  if (!mnemonic.empty()) return std::string(mnemonic);
  return "CLASS" + std::to_string(static_cast<uint16_t>(rrclass));
}

std::optional<RRClass> rrclass_from_text(std::string_view text) {
  std::array<char, token_octets_max> room;
  const std::string_view token = upper_case(text, room);
  for (RRClass rrclass : {RRClass::IN, RRClass::CH, RRClass::HS, RRClass::NONE, RRClass::ANY}) {
    if (token == class_mnemonic_of(rrclass)) return rrclass;
  }
  const std::optional<uint16_t> number = number_after("CLASS", token);
  return number ? std::optional(static_cast<RRClass>(*number)) : std::nullopt;
}

std::string_view to_text(Rcode rcode) {
  switch (rcode) {
    case Rcode::NOERROR: return "NOERROR";
    case Rcode::FORMERR: return "FORMERR";
    case Rcode::SERVFAIL: return "SERVFAIL";
    case Rcode::NXDOMAIN: return "NXDOMAIN";
    case Rcode::NOTIMP: return "NOTIMP";
    case Rcode::REFUSED: return "REFUSED";
    case Rcode::YXDOMAIN: return "YXDOMAIN";
    case Rcode::YXRRSET: return "YXRRSET";
    case Rcode::NXRRSET: return "NXRRSET";
    case Rcode::NOTAUTH: return "NOTAUTH";
    case Rcode::NOTZONE: return "NOTZONE";
    case Rcode::DSOTYPENI: return "DSOTYPENI";
    case Rcode::BADVERS: return "BADVERS";
    case Rcode::BADKEY: return "BADKEY";
    case Rcode::BADTIME: return "BADTIME";
    case Rcode::BADMODE: return "BADMODE";
    case Rcode::BADNAME: return "BADNAME";
    case Rcode::BADALG: return "BADALG";
    case Rcode::BADTRUNC: return "BADTRUNC";
    case Rcode::BADCOOKIE: return "BADCOOKIE";
  }
  // Header and OPT give 12 bits (RFC 6891 section 6.1.3).
  const RcodeText& text = unassigned_rcodes[static_cast<uint16_t>(rcode) % rcode_count];
  return {text.octets, text.size};
}

}  // namespace dnswarm
