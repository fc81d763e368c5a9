-- An example departmental database for docker-compose.yml: two tables as the contracts of expectations/tay-ninh/contracts/ describe
-- them, nguoi-co-cong (Sở Nội vụ) and ho-ngheo (Sở Nông nghiệp và Môi trường). People and numbers are invented.
-- Every commune has reported until now, but one: Xã Tân Biên (25486) has not reported a payment since December 2024.

create table public.chi_tra (
  id bigint generated always as identity primary key,
  ma_xa varchar(5) not null,
  thang date not null,
  loai_uu_dai varchar(30) not null,
  so_tien numeric(15,2),
  da_chi boolean,
  ho_ten text,
  so_dinh_danh varchar(12)
);

create table public.ho (
  id bigint generated always as identity primary key,
  ma_xa varchar(5) not null,
  nam integer not null,
  phan_loai varchar(20) not null,
  so_nhan_khau integer,
  thu_nhap_thang numeric(15,2),
  chu_ho text,
  so_dinh_danh varchar(12)
);

-- Without it an update or a delete tells nothing of the row as it was.
alter table public.chi_tra replica identity full;
alter table public.ho replica identity full;

create temporary table xa (ma_xa varchar(5));
insert into xa values
  ('25459'), ('25480'), ('25486'), ('25489'), ('25498'), ('25510'), ('25516'), ('25522'), ('25525'), ('25531'), ('25534'), ('25549'), ('25552'), ('25567'), ('25573'), ('25579'),
  ('25585'), ('25588'), ('25591'), ('25606'), ('25621'), ('25630'), ('25633'), ('25645'), ('25654'), ('25657'), ('25663'), ('25666'), ('25672'), ('25681'), ('25684'), ('25702'),
  ('25708'), ('25711'), ('25729'), ('25732'), ('27694'), ('27712'), ('27715'), ('27721'), ('27727'), ('27736'), ('27748'), ('27757'), ('27763'), ('27775'), ('27787'), ('27793'),
  ('27811'), ('27817'), ('27823'), ('27826'), ('27838'), ('27841'), ('27856'), ('27865'), ('27868'), ('27877'), ('27889'), ('27898'), ('27907'), ('27925'), ('27931'), ('27937'),
  ('27943'), ('27952'), ('27964'), ('27976'), ('27979'), ('27991'), ('27994'), ('28003'), ('28015'), ('28018'), ('28036'), ('28051'), ('28066'), ('28072'), ('28075'), ('28087'),
  ('28093'), ('28108'), ('28114'), ('28126'), ('28132'), ('28138'), ('28144'), ('28159'), ('28165'), ('28177'), ('28201'), ('28207'), ('28210'), ('28222'), ('28225'), ('28243');

-- Months from January 2024 to the last that has ended; years from 2023 to the last that has ended.
insert into public.chi_tra (ma_xa, thang, loai_uu_dai, so_tien, da_chi, ho_ten, so_dinh_danh)
select ma_xa, thang::date, 'thuong_binh', 2789000.00, true, 'Nguyễn Thị Ví Dụ', lpad(ma_xa, 12, '0')
from xa, generate_series(date '2024-01-01', date_trunc('month', current_date) - interval '1 month', interval '1 month') as thang
where ma_xa <> '25486' or thang <= date '2024-12-01'
order by thang, ma_xa;

insert into public.ho (ma_xa, nam, phan_loai, so_nhan_khau, thu_nhap_thang, chu_ho, so_dinh_danh)
select ma_xa, nam, 'ho_can_ngheo', 4, 1900000.00, 'Trần Văn Mẫu', lpad(ma_xa, 12, '0')
from xa, generate_series(2023, extract(year from current_date)::integer - 1) as nam
order by nam, ma_xa;

-- Made here, by the owner of the tables: Debezium's role need not own them.
create publication nhip_nguoi_co_cong for table public.chi_tra;
create publication nhip_ho_ngheo for table public.ho;
