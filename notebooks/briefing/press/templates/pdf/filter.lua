-- Maps the briefing's classes to the functions of template.typ.
--
-- The page is walked from the top. Whatever has a function of its own in the template is
-- rendered here, contents and all, into raw Typst; everything else is left to pandoc.
-- Smart typography is off: quotes and dashes are printed as they were written.

local FORMAT = 'typst-smart'
local NBSP = '\u{a0}'
local LONGEST_BOX = 30 -- characters; anything longer may have to break after all
local filter = {}

-- Typst's string literal for any text.
local function quoted(text)
  return '"' .. text:gsub('[\\"]', '\\%0'):gsub('%s+', ' ') .. '"'
end

-- A call of one of the template's functions, closed so that nothing that follows joins it.
local function call(name, arguments, content)
  return '#' .. name .. '(' .. arguments .. ')[' .. content .. ']'
end

local function render(blocks)
  local text = pandoc.write(pandoc.Pandoc(blocks:walk(filter)), FORMAT, { wrap_text = 'none' })
  return (text:gsub('%s+$', ''))
end

local function inline(inlines)
  return render(pandoc.Blocks { pandoc.Plain(inlines) })
end

local function typst(text)
  return pandoc.RawBlock('typst', text)
end

local function blocks_between(before, content, after)
  local all = pandoc.Blocks { typst(before) }
  all:extend(content)
  all:insert(typst(after))
  return all
end

-- The target of links to an element, where the page has any (`data-anchor`).
local function anchor(attributes)
  local name = attributes.anchor
  return name and ('#anchor(' .. quoted(name) .. ')') or ''
end

-- Words that must stay on one line -------------------------------------------------------

-- Typst reads --, ... and -5 as shorthands for other characters; a string is left alone.
local function has_shorthand(text)
  return text:find('%-%-') or text:find('%.%.%.') or text:find('%-%?') or text:find('%-%d')
end

local function is_whole(text)
  local joined = text:find(NBSP, 1, true) or text:find('%d[%%]?[–/]%S*%d')
  return joined and utf8.len(text) <= LONGEST_BOX
end

-- A box keeps its words together with ordinary spaces, which copy and search as such.
local function boxed(text, refs)
  return pandoc.RawInline('typst', '#whole[#' .. quoted(text:gsub(NBSP, ' ')) .. ';' .. refs .. ']')
end

local function is_refs(element)
  return element and element.t == 'Span' and element.classes:includes('refs')
end

-- Joins a number to the reference after it: a box would allow a break between the two.
function filter.Inlines(inlines)
  local out = pandoc.Inlines {}
  local at = 1
  while at <= #inlines do
    local this, after = inlines[at], inlines[at + 1]
    if this.t == 'Str' and is_whole(this.text) then
      local refs = ''
      if is_refs(after) then
        refs = inline(pandoc.Inlines { after })
        at = at + 1
      end
      out:insert(boxed(this.text, refs))
    elseif this.t == 'Str' and has_shorthand(this.text) then
      out:insert(pandoc.RawInline('typst', '#' .. quoted(this.text) .. ';'))
    else
      out:insert(this)
    end
    at = at + 1
  end
  return out
end

-- Spans and images -----------------------------------------------------------------------

local SPANS = { 'refs', 'slot', 'below', 'confidence', 'where', 'entry' }

function filter.Span(span)
  for _, name in ipairs(SPANS) do
    if span.classes:includes(name) then
      local arguments = span.attributes.chars or ''
      if name == 'entry' then
        arguments = quoted(span.attributes.anchor or '')
      end
      return pandoc.RawInline('typst', call(name, arguments, inline(span.content))), false
    end
  end
  if #anchor(span.attributes) > 0 then
    return pandoc.Inlines { pandoc.RawInline('typst', anchor(span.attributes)), span }
  end
  return nil
end

-- An empty alternative text is left out, so that Typst refuses the image.
function filter.Image(image)
  local alt = pandoc.utils.stringify(image.caption)
  local described = #alt > 0 and (', alt: ' .. quoted(alt)) or ''
  return pandoc.RawInline('typst', '#picture(' .. quoted(image.src) .. described .. ')'), false
end

-- Headings -------------------------------------------------------------------------------

-- Plain text only: what stands here becomes a bookmark. The page's h1 is the document's title,
-- so its h2 are the first level here.
function filter.Header(header)
  local number, words = '', pandoc.Inlines {}
  for _, element in ipairs(header.content) do
    if element.t == 'Span' and element.classes:includes('numbering') then
      number = pandoc.utils.stringify(element)
    else
      words:insert(element)
    end
  end
  local title = pandoc.utils.stringify(words):gsub('^%s+', '')
  local level = math.max(header.level - 1, 1)
  local arguments = level .. ', ' .. quoted(number) .. ', ' .. quoted(title)
  local name = header.attributes.anchor
  if name then arguments = arguments .. ', name: ' .. quoted(name) end
  return typst('#section(' .. arguments .. ')'), false
end

-- Tables ---------------------------------------------------------------------------------

local function cell_call(cell, header)
  local options = {}
  if cell.col_span > 1 then table.insert(options, 'colspan: ' .. cell.col_span) end
  if cell.row_span > 1 then table.insert(options, 'rowspan: ' .. cell.row_span) end
  if cell.classes:includes('figure') then table.insert(options, 'align: right') end
  local content = render(cell.contents)
  if not header and cell.attributes.scope then content = '#row-head[' .. content .. ']' end
  return call('table.cell', table.concat(options, ', '), content):sub(2)
end

local function rows_of(rows, header)
  local lines = {}
  for _, row in ipairs(rows) do
    local cells = {}
    for _, cell in ipairs(row.cells) do
      table.insert(cells, cell_call(cell, header))
    end
    table.insert(lines, '  ' .. table.concat(cells, ', ') .. ',')
  end
  return table.concat(lines, '\n')
end

function filter.Table(tbl)
  local columns = tbl.attributes.columns or tostring(#tbl.colspecs)
  local parts = { '#data-table(', '  columns: ' .. columns .. ',', '  heads: ' .. #tbl.head.rows .. ',' }
  if #tbl.head.rows > 0 then
    table.insert(parts, '  table.header(\n' .. rows_of(tbl.head.rows, true) .. '\n  ),')
  end
  for _, body in ipairs(tbl.bodies) do
    table.insert(parts, rows_of(body.head, true))
    table.insert(parts, rows_of(body.body, false))
  end
  table.insert(parts, rows_of(tbl.foot.rows, false))
  table.insert(parts, ')')
  return typst(table.concat(parts, '\n')), false
end

-- Divisions ------------------------------------------------------------------------------

local PARTS = { numbering = true, title = true, subtitle = true, foot = true }

local function exhibit(div)
  local arguments, body = {}, pandoc.Blocks {}
  for _, block in ipairs(div.content) do
    local part = block.t == 'Div' and block.classes[1]
    if PARTS[part] then
      -- The target sits in the label, so that a link lands where the exhibit begins.
      local target = part == 'numbering' and anchor(div.attributes) or ''
      table.insert(arguments, part .. ': [' .. target .. render(block.content) .. ']')
    else
      body:insert(block)
    end
  end
  local kind = div.classes:includes('table') and 'exhibit-table' or 'exhibit-chart'
  if div.attributes.long then table.insert(arguments, 'long: true') end
  return typst(call(kind, table.concat(arguments, ', '), '\n' .. render(body) .. '\n'))
end

local function definitions(list)
  local items = {}
  for _, item in ipairs(list.content) do
    local what = {}
    for _, blocks in ipairs(item[2]) do table.insert(what, render(blocks)) end
    local pair = '[' .. inline(item[1]) .. '], [' .. table.concat(what, '\n\n') .. ']'
    table.insert(items, '  terms.item(' .. pair .. '),')
  end
  return typst('#claims(\n' .. table.concat(items, '\n') .. '\n)')
end

-- Classes of blocks, in the order in which they are looked for, and their functions.
local WRAPPED = {
  { 'front', 'front' },
  { 'annex', 'annex' },
  { 'entries', 'two-columns' },
  { 'lede', 'lede' },
  { 'judgements', 'judgements' },
  { 'note', 'note' },
  { 'foot', 'foot-line' },
}

function filter.Div(div)
  if div.classes:includes('exhibit') then return exhibit(div), false end
  if div.classes:includes('contents') then return typst('#contents()'), false end
  local content = div.content:walk(filter)
  for _, pair in ipairs(WRAPPED) do
    if div.classes:includes(pair[1]) then
      return blocks_between('#' .. pair[2] .. '[', content, ']'), false
    end
  end
  local target = anchor(div.attributes)
  if #target > 0 then content:insert(1, typst(target)) end
  return content, false
end

function filter.DefinitionList(list)
  return definitions(list), false
end

filter.traverse = 'topdown'

return { filter }
