"""The documents stage: HWP, HWPX, PDF, DOCX, PPTX, XLSX, HTML and others become seeds.

gather      files, folders and archives; what each is, by its content
isolation   a child process reads one document (read, and a module for each format) into blocks
repair      clean letters, joined lines, headings of statutes; tables of contents out
sections    seeds of 500-2000 characters, cut at sections; tables told as sentences
personal    resident numbers, phones, cards, addresses and names found, masked if asked
importing   writes what changed, the ledger and the pages for people
"""

from phi4.documents.importing import DEFAULT_FOLDER, import_documents

__all__ = ["DEFAULT_FOLDER", "import_documents"]
