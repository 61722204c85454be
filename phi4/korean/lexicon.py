"""Words that decide which question fits: Korean grammar does not say who is a person or what a place."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a text, for lists that read better without quotation marks."""
    return frozenset(text.split())


PERSONS = word_set("""
환자 어린이 청소년 소아 영아 유아 신생아 태아 아이 아기 아동 노인 고령자 어르신 성인 어른 청년
임신부 임산부 산모 수유부 여성 남성 사람 개인 의사 간호사 약사 의료진 직원 사원 임직원 임원 고객
손님 이용객 방문객 관객 승객 학생 교사 교수 강사 학부모 부모 자녀 가족 보호자 시민 주민 국민
외국인 회원 근로자 노동자 사용자 이용자 소비자 신청자 신청인 가입자 담당자 책임자 관리자 감독자
운전자 작업자 종사자 피해자 대상자 보행자 부상자 세입자 임차인 임대인 납세자 유권자 장애인 수급자
구조자 목격자 대표 사장 이사 이사장 위원 위원장 부서장 팀장 과장 부장 국장 구청장 군수 도지사
장관 총리 대통령 왕 국왕 황제 장군 판사 변호사 경찰관 소방관 소방대원 공무원 군인 선수 기술자
정비사 연구원 연구자 과학자 학자 작가 저자 화가 시인 농부 어부 상인 이웃 동승자 감독관 심판
운영자 설립자 창업자 발명가 조합원 입주자
""")
# Nouns too general to ask for: alone they name nothing, so "무엇" would have no answer.
VAGUE = word_set("""
것 수 때 경우 뒤 후 전 중 등 점 때문 원칙 정도 이상 이하 미만 일부 신호 효과 영향 위험 용량
복용 투여 사용 약 작용 도움 기능 치료 필요 상태 금기 목적 문제 방법 결과 내용 부분 주의 권장
관계 자리 간격 일 가능성 우려 염려 책임 자격 기회 시간 기간 노력 생각 말 사실 이유 원인 종류
예 수준 과정 단계 차이 변화 특징 의미 역할 대상 범위 기준 조건 상황 사항 측면 분야 방향 모습
형태 관련 대부분 전체 모두 각각 서로 자신 자체 스스로 의식 한계 속 안 밖 곳 데 앞 옆 다음
처음 마지막 최대 최소 부담 여부 경향 숨 잠 꿈 힘 금지 무료 유료 의무 필수 선택 가능 불가 자유
선착순 별도 원 이후 이전 이내 동안 사이 가운데 주변 최근 현재 오늘 지금 평소 차질 셈 편 뜻
덕분 마련 계획 노릇 시 년 월 날 해 그때 정의 개념 원리
""")
# Adverbs that Kiwi reads as nouns; a noun phrase begins after them (최소한 비용을 -> 최소한 | 비용을).
ADVERBIAL = word_set("""
시 때 후 전 뒤 중 동안 이후 이전 당시 직후 직전 대부분 장기간 단기간 최대한 최소한 즉시 별도
조기 수시 사전 평소 보통 매일 매년 매월 매주 항상 현재 최근 오늘 올해 지금 경우 다시 먼저 우선
직접 특히 각각 서로 모두 전부 거의 다소 일시 임시 계속 만약
""")
# Modifiers that ask back nothing: "어떤 세균?" is not answered by "일부 세균".
QUANTIFIERS = word_set("""
일부 모든 많은 대부분 다른 여러 각 각종 다수 소수 전체 온 양쪽 한쪽 나머지 기타 관련 해당
고용량 저용량 추가 긴급 적정 충분 지역 주변 인근 우리 본인 당해 전 매 총 약 최대 최소
""")
# Heads of a phrase that say what kind of thing it is, so that "어떤 효소" keeps them in the question.
KINDS = tuple(
    sorted(
        word_set("""
효소 수용체 호르몬 단백질 세포 세균 바이러스 질환 질병 증후군 증상 증세 반응 감염 검사 시험 수술
요법 치료 위험 작용 효과 기능 농도 독성 장애 출혈 경련 부종 통증 억제제 차단제 이뇨제 항생제
진통제 항염증제 치료제 보충제 길항제 수면제 제제 약물 성분 물질 원소 가스 금속 합금 연료 재료
자재 장치 장비 기계 기구 부품 밸브 센서 필터 엔진 펌프 회로 시스템 서비스 프로그램 소프트웨어
서류 문서 증명서 보고서 신청서 계약서 허가 승인 자격 면허 교육 훈련 점검 절차 제도 정책 법률
규정 조례 협약 조약 기관 부서 위원회 회사 기업 단체 은행 보험 대출 금리 세금 수수료 비용 예산
기금 계좌 상품 휴가 수당 급여 지역 국가 왕조 도시 건물 시설 문화재 문화 사건 전쟁 전투 운동
혁명 동물 식물 곡물 작물 품종 음식 에너지 압력 온도 속도 전압 전류 신호 정보 자료 데이터 상태
색상 방식 기술 언어 문자 활동
""")
    )
)
# Heads of a topic of which one asks where, when or who it is.
WHERE = word_set("""
장소 위치 수도 본사 본점 소재지 본거지 발원지 출생지 고향 원산지 서식지 접수처 제출처 문의처
집결지
""")
WHEN = word_set("""
날짜 시기 기한 마감 마감일 기념일 개최일 지급일 시행일 발효일 생일 휴관일 휴무일 근무일
""")
WHO = word_set("""
왕 대통령 대표 담당자 책임자 위원장 저자 작가 발명가 발명자 창시자 감독 주인공 대상 대상자 주인
창업자 설립자
""")
# Times without a number: "가을에" is asked for with "언제".
SEASONS = word_set("""
봄 여름 가을 겨울 봄철 여름철 가을철 겨울철 오전 오후 아침 점심 저녁 밤 낮 새벽 월요일 화요일
수요일 목요일 금요일 토요일 일요일 주말 평일 공휴일 연말 연초 월말 월초 식전 식후
""")
# What "…에서" names without being a place.
NO_PLACES = word_set("""
농도 온도 조건 상황 범위 기준 과정 단계 시험 연구 경기 전투 대회 회의 선거 전쟁 환경 상태 용액
비율 수준 점 면 측면 관점 입장 차원 분야 경우 가운데 중 사이 이상 이하 때 목적 의미 방식 방법
조사 실험 검사 결과 압력 속도 예 고온 저온 상온 실온 진공 고압 저압 어둠
""")
# What only people and their institutions do (…하다); what does it is "누가".
WILLED = word_set("""
신청 제출 승인 허가 지급 임명 선임 발표 설립 창제 발명 발견 건국 제정 작성 보고 통보 납부 처방
관리 운영 점검 감독 심의 의결 선출 주장 연구 담당 집필 편찬 저술 창설 창립 창업 개최 주최 공포
반포 통일 정복 즉위 서명 체결 계약 주문 구매 판매 고용 채용 해고 면접 등록 접수 상담 심사 허락
지시 명령 요청 부탁 참석 참여 출석 근무 퇴직 휴가 출장 교육 훈련 진료 수술 진찰 간호 신고 고발
고소 재판 건설 건립 설계 제작 조립 수리 정비 청소 운전 조작
""")
# What acts as people do: "누가 승인합니까?" is answered by one of these too.
INSTITUTIONS = word_set("""
회사 기업 기관 단체 정부 국회 법원 시청 구청 군청 도청 경찰 경찰서 소방서 세무서 은행 중앙은행
학교 대학 병원 보건소 위원회 이사회 조합 협회 재단 센터 지방자치단체 공단 공사 부처 부서 본부
총회 국가
""")
# What is done to people (…하다): its object is "누구".
TOWARDS_PEOPLE = word_set("""
저격 암살 살해 처형 체포 구속 임명 선임 선출 고용 채용 해고 초빙 추방 파견 문병 존경 초대
""")
# Verbs without an object, of which the topic is therefore the subject.
HAPPENING = word_set("""
일어나 생기 나타나 열리 쓰이 바뀌 이어지 걸리 남 녹 타 끓 얼 흐르 속하 나오 들어가 들어오 부풀
막히 풀리 잠기 섞이 쌓이 넘치 마르 썩 상하 변하 자라 오르 내리 줄 늘 줄어들 돌 멈추 뜨 가라앉
움직이 끝나 나뉘 불리 붙 들리 보이 잡히 닫히 놓이 익 피 시들 살 죽 날 서 울리 켜지 꺼지
비롯되 이르 미치 들 빠지 모이 흩어지 갈라지 부서지 굳 식 따르
""")
